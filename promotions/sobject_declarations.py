"""Which of the promotions' records clients can call for as objects, and which service writes them.

Source: the described objects; the issue, "Objects": history, feed and shares are only read.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib.auth.models import Group
from django.db.models import CharField, Model, Q, QuerySet

from promotions import ids
from promotions.actors import Actor
from promotions.dictionary import Field, declared_fields
from promotions.models import (
    CouponCodeRedemption,
    Organization,
    Promotion,
    PromotionFeed,
    PromotionHistory,
    PromotionShare,
    Record,
    RecordQuerySet,
    User,
)
from promotions.models.facts import FieldFacts, constant, identifier, read_only
from promotions.sections import PROMOTION_SECTIONS
from promotions.services import parts
from promotions.services.coupons import coupons
from promotions.services.promotions import create_promotion, update_promotion
from promotions.services.records import RecordService
from promotions.services.recycle_bin import delete_promotion, restore_promotion
from promotions.services.redemptions import redeem, redemptions, restore_redemption
from promotions.sobjects.declare import SObject, declaration, declare
from promotions.sobjects.soql.tree import SearchIn

R = TypeVar("R", bound=Record)

_SCOPES = {"read_scope": "promotions:read", "write_scope": "promotions:write"}
_OF_PROMOTION = {"cascades_from": ["PromotionId"]}


def rows_of(model: type[Record]) -> Any:
    """The records of a model that somebody may see, deleted ones included."""
    return lambda by: RecordQuerySet(model).accessible(by)


def written_by(service: RecordService[R]) -> dict[str, Any]:
    """The calls that change records, by the service that writes them."""
    return {
        "create": lambda values, by, at: service.create(service.model(**values), by=by, at=at).pk,
        "update": lambda key, values, by, at: service.update(key, values, by=by, at=at),
        "delete": lambda key, by, at: service.delete(key, by=by, at=at),
        "undelete": lambda key, by, at: service.restore(key, by=by, at=at),
    }


def record(service: RecordService[Any], **more: Any) -> SObject:
    """The declaration of what a service writes."""
    said = {
        "rows": rows_of(service.model),
        "kept_by": service.used_by,
        **written_by(service),
        **_SCOPES,
    }
    return declaration(service.model, **{**said, **more})


def trail_of(
    model: type[Model],
    *,
    of: type[Record],
    column: str,
    relationship: tuple[str, str],
    read_scope: str,
    only: Q | None = None,
) -> SObject:
    """The declaration of what is kept about records and only read: seen by who sees those. The
    model's ``column`` leads there; ``relationship`` is the reference and what it is called there;
    ``only`` says which rows are the object's."""

    def rows(by: Actor) -> "QuerySet[Any, Any]":
        about: RecordQuerySet[Any] = RecordQuerySet(of).accessible(by)
        own = model._default_manager.filter(only or Q())
        return own.filter(**{f"{column}__in": about}) if about.query.where else own

    return declaration(
        model,
        name=model.__name__,
        rows=rows,
        read_scope=read_scope,
        child_relationships=dict([relationship]),
        seen_with=[column],
        layoutable=False,
    )


PROMOTION = declaration(
    Promotion,
    rows=rows_of(Promotion),
    **_SCOPES,
    create=lambda values, by, at: create_promotion(Promotion(**values), by=by, at=at).pk,
    update=lambda key, values, by, at: update_promotion(key, values, by=by, at=at),
    # Existing clients have no way to confirm; nothing is lost that restoring doesn't bring back.
    delete=lambda key, by, at: delete_promotion(key, by=by, at=at, confirmed=True),
    undelete=lambda key, by, at: restore_promotion(key, by=by, at=at),
    child_relationships={"RelatedPromotionId": "RelatedPromotions"},
    searched={
        "name_key": SearchIn.NAME,
        "display_name": SearchIn.NAME,
        "promotion_code_key": SearchIn.ALL,
        "external_id": SearchIn.ALL,
        "description": SearchIn.ALL,
    },
    sections=PROMOTION_SECTIONS,
    feed_enabled=True,
)

PARTS = (
    record(parts.tiers, child_relationships={"PromotionId": "PromotionTiers"}, **_OF_PROMOTION),
    record(
        parts.qualifiers,
        child_relationships={
            "PromotionId": "PromotionQualifiers",
            "PromotionTierId": "PromotionQualifiers",
        },
        **_OF_PROMOTION,
    ),
    record(
        parts.targets,
        child_relationships={
            "PromotionId": "PromotionTargets",
            "PromotionTierId": "PromotionTargets",
        },
        **_OF_PROMOTION,
    ),
    record(
        parts.line_item_rules,
        child_relationships={"AssociatedReferenceId": "PromotionLineItemRules"},
        seen_with=["associated_qualifier", "associated_target"],
        layoutable=False,
    ),
    record(
        parts.market_segments,
        searched_by_number=True,
        child_relationships={
            "PromotionId": "PromotionMarketSegments",
            "PromotionSegmentId": "PromotionMarketSegments",
        },
        **_OF_PROMOTION,
    ),
    record(
        parts.limits,
        searched_by_number=True,
        child_relationships={"PromotionId": "PromotionLimits"},
        **_OF_PROMOTION,
    ),
    record(
        parts.limit_usages,
        searched_by_number=True,
        child_relationships={"PromotionLimitId": "PromotionLimitUsages"},
        seen_with=["promotion_limit"],
    ),
    record(
        coupons,
        child_relationships={"PromotionId": "Coupons"},
        searched={"coupon_code_key": SearchIn.ALL},
        **_OF_PROMOTION,
    ),
    record(
        redemptions,
        create=lambda values, by, at: redeem(CouponCodeRedemption(**values), by=by, at=at).pk,
        undelete=lambda key, by, at: restore_redemption(key, by=by, at=at),
        child_relationships={"CouponId": "CouponCodeRedemptions"},
        seen_with=["coupon"],
    ),
)

SEGMENTS = (
    record(parts.segments, searched={"name_key": SearchIn.NAME}),
    record(
        parts.segment_buyer_groups,
        child_relationships={
            "PromotionSegmentId": "PromotionSegmentBuyerGroups",
            "BuyerGroupId": "PromotionSegmentBuyerGroups",
        },
    ),
    record(
        parts.segment_sales_stores,
        child_relationships={
            "PromotionSegmentId": "PromotionSegmentSalesStores",
            "SalesStoreId": "PromotionSegmentSalesStores",
        },
    ),
)

_NAMED = {"name_key": SearchIn.NAME, "external_id": SearchIn.ALL}
CATALOGUE = (
    record(parts.products, searched=_NAMED),
    record(parts.product_categories, searched=_NAMED),
    record(parts.buyer_groups, searched=_NAMED),
    record(parts.web_stores, searched=_NAMED),
)

_OF_PROMOTIONS: Any = {"of": Promotion, "column": "promotion", "read_scope": "promotions:read"}
TRAIL = (
    trail_of(
        PromotionHistory,
        relationship=("PromotionId", "Histories"),
        only=Q(object_name=Promotion.object_name),  # their parts' share the table
        **_OF_PROMOTIONS,
    ),
    trail_of(PromotionFeed, relationship=("ParentId", "Feeds"), **_OF_PROMOTIONS),
    trail_of(PromotionShare, relationship=("ParentId", "Shares"), **_OF_PROMOTIONS),
)

_OF_GROUPS: FieldFacts = {
    **identifier(),
    "name": read_only(),
    "developer_name": read_only(computed=True, path="name", label="developer name"),
    "type": constant("Regular", CharField(), type="string"),
}


def _group_fields() -> Mapping[str, Field]:
    return declared_fields(Group, _OF_GROUPS)


PEOPLE = (
    declaration(
        User,
        name="User",
        rows=lambda by: User.objects.all(),
        read_scope=None,
        searched={"first_name": SearchIn.NAME, "last_name": SearchIn.NAME},
        named_layouts=["UserAlt"],
    ),
    declaration(
        Group,
        name="Group",
        prefix=ids.GROUP,
        rows=lambda by: Group.objects.all(),
        read_scope=None,
        get_fields=_group_fields,
        layoutable=False,
        replicateable=False,
    ),
    declaration(
        Organization,
        name="Organization",
        rows=lambda by: Organization.objects.all(),
        read_scope=None,
        layoutable=False,
    ),
)


def declare_all() -> None:
    """Called when Django loads the application."""
    declare(PROMOTION, *PARTS, *SEGMENTS, *CATALOGUE, *TRAIL, *PEOPLE)
