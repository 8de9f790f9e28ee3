"""The admin of customers, offers and enrollments. One module for each admin class or page."""

from enrollments.admin import audiences, customers, enrollments, offers, refused_calls, searchers

__all__ = ["audiences", "customers", "enrollments", "offers", "refused_calls", "searchers"]
