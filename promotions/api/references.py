"""What filters and properties that name another record have to know of it."""

from typing import Any

from django.db import models

from promotions import ids
from promotions.models import Promotion


def prefix_of(model: Any) -> str:
    """What the ids of a model's records begin with."""
    return str(getattr(model, "key_prefix", ids.GROUP))  # Django's own Group is the one without


def leads_to_another_promotion(column: "models.Field[Any, Any]") -> bool:
    """Whether the field names a promotion other than the one whose sharing decides who sees the
    record itself: that one may be out of sight."""
    of: Any = column.model
    return column.related_model is Promotion and of.promotion_path != column.name
