"""The admin of customers, offers and enrollments. One module for each admin class or page."""

from enrollments.admin import customers, enrollments, offers

__all__ = ["customers", "enrollments", "offers"]
