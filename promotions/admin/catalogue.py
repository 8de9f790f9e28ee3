"""The catalogue: the shops' products, categories, buyer groups and stores, as far as people choose
from them here."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin

from promotions.admin.described import DescribedAdmin
from promotions.models import BuyerGroup, Product, ProductCategory, WebStore
from promotions.services import parts


class CatalogueAdmin(DescribedAdmin):
    """A name and the shop's key. Found by the beginning of neither, but by any part of both."""

    nothing_yet = (
        "Promotions can name goods by the shop’s own codes, too; the catalogue gives them names."
    )
    list_display: Any = ("name", "external_id", "created")
    search_fields = ("name_key",)
    folded_fields: ClassVar[Sequence[str]] = ("name_key",)
    search_help_text = "Name"


@admin.register(Product)
class ProductAdmin(CatalogueAdmin):
    service = parts.products
    list_display = ("name", "stock_keeping_unit", "external_id", "created")
    folded_fields = ("name_key", "stock_keeping_unit_key")
    search_help_text = "Name or SKU"

    def label_of(self, record: Product) -> str:
        sku = record.stock_keeping_unit
        return f"{record.name} ({sku})" if sku else record.name


@admin.register(ProductCategory)
class ProductCategoryAdmin(CatalogueAdmin):
    service = parts.product_categories


@admin.register(BuyerGroup)
class BuyerGroupAdmin(CatalogueAdmin):
    service = parts.buyer_groups


@admin.register(WebStore)
class WebStoreAdmin(CatalogueAdmin):
    service = parts.web_stores
