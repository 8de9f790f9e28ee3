"""What promotions refer to and the shops own: products, categories, buyer groups, stores.

Small named copies, kept by the other system's key, so that people can choose from them.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from promotions import ids
from promotions.models.base import Record, RecordManager
from promotions.models.facts import Facts
from promotions.models.fields import FoldedField, not_blank


class CatalogueRecord(Record):
    """A name and the other system's key."""

    field_facts: ClassVar = {
        "name": Facts(id_lookup=True),
        "external_id": Facts(id_lookup=True, external_id=True),
    }

    name = models.CharField(max_length=255)
    name_key = FoldedField("name")
    external_id = models.CharField(
        max_length=255,
        null=True,
        blank=True,
        help_text="The key of this record in the system it comes from. No two have the same.",
    )

    class Meta:
        abstract = True
        default_permissions = ()  # who works on promotions works on these
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(name="%(class)s_name_not_blank", condition=~Q(name="")),
            not_blank("external_id", on="%(class)s"),
            models.UniqueConstraint(
                name="%(class)s_external_id_once",
                fields=["external_id"],
                condition=Q(is_deleted=False),
            ),
        ]
        indexes: ClassVar = [models.Index(name="%(class)s_by_name", fields=["name_key", "id"])]


class Product(CatalogueRecord):
    """A product of a shop (``Product2`` to existing clients)."""

    key_prefix: ClassVar = ids.PRODUCT
    object_name: ClassVar = "Product2"

    stock_keeping_unit = models.CharField(
        max_length=180, null=True, blank=True, verbose_name="SKU", help_text="The article number."
    )
    stock_keeping_unit_key = FoldedField("stock_keeping_unit")

    objects = RecordManager["Product"]()

    class Meta(CatalogueRecord.Meta):
        constraints = [
            *CatalogueRecord.Meta.constraints,
            not_blank("stock_keeping_unit", on="product"),
        ]
        indexes = [
            *CatalogueRecord.Meta.indexes,
            models.Index(name="product_by_sku", fields=["stock_keeping_unit_key", "id"]),
        ]


class ProductCategory(CatalogueRecord):
    """A category of products of a shop."""

    key_prefix: ClassVar = ids.PRODUCT_CATEGORY

    objects = RecordManager["ProductCategory"]()

    class Meta(CatalogueRecord.Meta):
        verbose_name_plural = "product categories"


class BuyerGroup(CatalogueRecord):
    """A group of buyers that a shop knows."""

    key_prefix: ClassVar = ids.BUYER_GROUP

    objects = RecordManager["BuyerGroup"]()

    class Meta(CatalogueRecord.Meta):
        pass


class WebStore(CatalogueRecord):
    """A shop's sales channel."""

    key_prefix: ClassVar = ids.WEB_STORE

    objects = RecordManager["WebStore"]()

    class Meta(CatalogueRecord.Meta):
        pass
