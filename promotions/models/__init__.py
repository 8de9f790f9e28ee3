from promotions.models.base import FoldedField, Record, RecordManager, RecordQuerySet
from promotions.models.idempotency import IdempotentRequest
from promotions.models.partners import Partner
from promotions.models.people import User
from promotions.models.promotion import Promotion, PromotionView

__all__ = [
    "FoldedField",
    "IdempotentRequest",
    "Partner",
    "Promotion",
    "PromotionView",
    "Record",
    "RecordManager",
    "RecordQuerySet",
    "User",
]
