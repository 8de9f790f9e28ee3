"""The admin of promotions, people and partner systems. One module for each admin class."""

from promotions.admin import partners, people, promotions

__all__ = ["partners", "people", "promotions"]
