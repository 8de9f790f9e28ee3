"""Complete records of every object, as a client sends them: what describe calls are tried with.

Each is made with whatever it refers to. Several of one object together have every field that can be
written, where no single record can.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, Final

from django.contrib.auth.models import Group
from django.utils import timezone

from promotions import ids
from promotions.actors import Actor, Source
from promotions.services.partners import known_scopes
from promotions.sobjects import records
from promotions.sobjects.columns import format_wire_moment
from promotions.sobjects.declare import SObject, sobject
from tests.factories import make_user

Body = dict[str, Any]

_number = count(1)


@dataclass(frozen=True, slots=True)
class Specimen:
    """A record that can be made."""

    body: Body
    changes: Body = field(default_factory=dict)
    """Other values that fields can be changed to, where it isn't any of their type."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes records as somebody who may do everything."""

    by: Actor

    @classmethod
    def new(cls) -> "Maker":
        return cls(Actor(make_user(), Source.API, frozenset(known_scopes())))

    def make(self, name: str, **fields: Any) -> str:
        """A new record's id."""
        return records.create(declared(name), fields, by=self.by, at=timezone.now())

    def promotion(self, **fields: Any) -> str:
        return self.make("Promotion", Name=text("Promotion"), **fields)

    def tiered(self) -> Body:
        """A tier and its promotion."""
        promotion = self.promotion(IsTiered=True)
        tier = self.make("PromotionTier", Name="Silver", PromotionId=promotion, Rank=1)
        return {"PromotionId": promotion, "PromotionTierId": tier}

    def qualifier(self) -> str:
        return self.make("PromotionQualifier", **qualifier_by_code(self).body)

    def target(self) -> str:
        return self.make("PromotionTarget", **target_of_order(self).body)

    def coupon(self) -> str:
        promotion = self.promotion(IsActive=True)
        return self.make("Coupon", PromotionId=promotion, CouponCode=text("CODE"), Status="Active")

    def segment(self) -> str:
        return self.make("PromotionSegment", Name=text("Segment"))

    def named(self, name: str) -> str:
        """A record of an object that needs a name alone."""
        return self.make(name, Name=text(name))

    def owner(self) -> str:
        """A group, which may own what a user may."""
        return ids.encode(ids.GROUP, Group.objects.get(name="Marketers").pk)


def declared(name: str) -> SObject:
    one = sobject(name)
    assert one is not None
    return one


def text(word: str) -> str:
    """A word that no other specimen has."""
    return f"{word} {next(_number)}"


def account(make: Maker) -> Specimen:
    return Specimen(
        {
            "Name": text("Account"),
            "ExternalId": text("A"),
            "Type": "Customer",
            "ParentId": make.named("Account"),
            "BillingStreet": "Main Street 1",
            "BillingCity": "Basel",
            "BillingState": "BS",
            "BillingPostalCode": "4000",
            "BillingCountry": "Switzerland",
            "ShippingStreet": "Side Street 2",
            "ShippingCity": "Bern",
            "ShippingState": "BE",
            "ShippingPostalCode": "3000",
            "ShippingCountry": "Switzerland",
            "Phone": "+41 61 000 00 00",
            "Fax": "+41 61 000 00 01",
            "AccountNumber": "A-1",
            "Website": "https://example.com/",
            "Sic": "5411",
            "Industry": "Retail",
            "AnnualRevenue": 1000000.5,
            "NumberOfEmployees": 12,
            "Ownership": "Private",
            "TickerSymbol": "ACME",
            "Description": "A grocer.",
            "Rating": "Warm",
            "Site": "Head office",
            "Jigsaw": "J-1",
            "AccountSource": "Web",
            "SicDesc": "Grocery stores",
        },
        {"ParentId": make.named("Account"), "Website": "https://example.com/other"},
    )


def contact(make: Maker) -> Specimen:
    return Specimen(
        {
            "AccountId": make.named("Account"),
            "FirstName": "Robin",
            "LastName": text("Customer"),
            "Email": f"robin{next(_number)}@example.com",
            "Phone": "+41 44 000 00 00",
            "ExternalId": text("C"),
        },
        {"AccountId": make.named("Account"), "Email": "other@example.com"},
    )


def offer(make: Maker) -> Specimen:
    return Specimen(
        {
            "Name": text("Offer"),
            "Code": text("OFFER"),
            "PromotionId": make.promotion(),
            "IsActive": False,
        },
        {"PromotionId": make.promotion()},
    )


def promotion(make: Maker) -> Specimen:
    return Specimen(
        {
            "OwnerId": make.owner(),
            "Name": text("Summer"),
            "DisplayName": "Summer sale",
            "PromotionCode": text("SUMMER"),
            "ExternalId": text("P"),
            "Description": "Ten percent off everything.",
            "Objective": "Empty shelves.",
            "TermsAndConditions": "While stocks last.",
            "ImageUrl": "https://example.com/summer.png",
            "RelatedPromotionId": make.promotion(),
            "IsCloned": True,
            "IsActive": True,
            "StartDateTime": "2026-05-01T00:00:00.000+0000",
            "EndDateTime": "2026-08-01T00:00:00.000+0000",
            "IsEnrollmentRequired": True,
            "EnrollmentStartDate": "2026-04-01",
            "EnrollmentEndDate": "2026-07-01",
            "MaximumEnrollmentCount": 100,
            "IsPlaceFreedOnWithdrawal": False,
            "IsAutomatic": True,
            "IsCommercePromotion": True,
            "IsTiered": True,
            "PriorityNumber": 3,
            "MaximumUsageCount": 2,
            "QualifierCriteria": "Any",
            "TargetCriteria": "Any",
            "DiscountOrder": "LeastExpensive",
            "DiscountRestriction": "LeastExpensive",
            "ExclusivityType": "Global",
            "IsApproachingDiscountApplicable": True,
            "AreQualItemsExclFromDiscounts": True,
            "CurrencyIsoCode": "EUR",
        },
        {
            "RelatedPromotionId": make.promotion(),
            "ImageUrl": "https://example.com/other.png",
        },
    )


def tier(make: Maker) -> Specimen:
    return Specimen(
        {"PromotionId": make.promotion(IsTiered=True), "Name": text("Gold"), "Rank": 2},
    )


def qualifier_by_code(make: Maker) -> Specimen:
    return Specimen(
        {
            "PromotionId": make.promotion(),
            "QualifierType": "Product",
            "QualifierOperator": "EQUAL_TO",
            "QualifierRuleCriteriaType": "All",
            "ExternalQualifier": "SHOE",
            "MinimumQuantity": 2,
            "CurrencyIsoCode": "EUR",
        },
        {"QualifierType": "ProductCategory", "QualifierOperator": "NOT_EQUAL_TO"},
    )


def qualifier_by_product(make: Maker) -> Specimen:
    tiered = make.tiered()
    other_tier = make.make("PromotionTier", Name="Gold", PromotionId=tiered["PromotionId"], Rank=2)
    return Specimen(
        {
            **tiered,
            "QualifierType": "Product",
            "QualifierOperator": "EQUAL_TO",
            "QualifierRuleCriteriaType": "Any",
            "QualifierId": make.named("Product2"),
            "MinimumAmount": 99.5,
            "ApproachingDiscountThreshold": 80.25,
        },
        {
            "PromotionTierId": other_tier,
            "QualifierId": make.named("Product2"),
            "QualifierOperator": "NOT_EQUAL_TO",
        },
    )


def qualifier_of_none(make: Maker) -> Specimen:
    """Of items that line item rules describe."""
    return Specimen(
        {
            "PromotionId": make.promotion(),
            "QualifierType": "Product",
            "QualifierOperator": "NONE",
            "QualifierRuleCriteriaType": "All",
        },
        {"QualifierType": "ProductCategory"},
    )


def target_of_order(make: Maker) -> Specimen:
    return Specimen(
        {
            "PromotionId": make.promotion(),
            "TargetType": "Transaction",
            "TargetOperator": "NONE",
            "TargetRuleCriteriaType": "ALL",
            "AdjustmentType": "PercentageDiscount",
            "AdjustmentPercent": 20,
            "RestrictionQuantity": 3,
            "IsMinItemCountRequired": True,
            "CurrencyIsoCode": "EUR",
        },
        {"TargetType": "Shipping"},
    )


def target_of_product(make: Maker) -> Specimen:
    tiered = make.tiered()
    other_tier = make.make("PromotionTier", Name="Gold", PromotionId=tiered["PromotionId"], Rank=2)
    return Specimen(
        {
            **tiered,
            "TargetType": "Product",
            "TargetOperator": "EQUAL_TO",
            "TargetRuleCriteriaType": "ALL",
            "TargetId": make.named("Product2"),
            "AdjustmentType": "FixedAmountOffUnitPrice",
            "AdjustmentAmount": 5.5,
            "RestrictionQuantity": 3,
        },
        {
            "PromotionTierId": other_tier,
            "TargetId": make.named("Product2"),
            "TargetOperator": "NOT_EQUAL_TO",
            "AdjustmentType": "FixedPrice",
        },
    )


def target_by_code(make: Maker) -> Specimen:
    """A product for free: neither a percentage nor an amount."""
    return Specimen(
        {
            "PromotionId": make.promotion(),
            "TargetType": "Product",
            "TargetOperator": "EQUAL_TO",
            "TargetRuleCriteriaType": "ALL",
            "ExternalTarget": "SOCKS",
            "AdjustmentType": "BonusProduct",
        },
        {"TargetType": "ProductCategory", "TargetOperator": "NOT_EQUAL_TO"},
    )


def target_of_none(make: Maker) -> Specimen:
    return Specimen({**target_by_code(make).body, "TargetOperator": "NONE", "ExternalTarget": None})


def price_rule(make: Maker) -> Specimen:
    return Specimen(
        {
            "OwnerId": make.owner(),
            "AssociatedType": "PromotionQualifier",
            "AssociatedReferenceId": make.qualifier(),
            "Type": "Price",
            "OperatorType": "GREATER_THAN",
            "TypeValue": "10",
        },
        {"Type": "Attribute", "TypeValue": "20"},
    )


def product_rule(make: Maker) -> Specimen:
    return Specimen(
        {
            "AssociatedType": "PromotionTarget",
            "AssociatedReferenceId": make.target(),
            "Type": "Product",
            "OperatorType": "EQUAL_TO",
            "TypeReferenceId": make.named("Product2"),
        },
        {
            "Type": "ProductCategory",
            "OperatorType": "NOT_EQUAL_TO",
            "TypeReferenceId": make.named("Product2"),
        },
    )


def attribute_rule(make: Maker) -> Specimen:
    """Of a product's attribute: what it refers to may be missing."""
    return Specimen(
        {
            "AssociatedType": "PromotionQualifier",
            "AssociatedReferenceId": make.qualifier(),
            "Type": "Attribute",
            "OperatorType": "EQUAL_TO",
            "TypeValue": "red",
        },
    )


def limit(make: Maker) -> Specimen:
    return Specimen(
        {
            "PromotionId": make.promotion(),
            "Category": "PromotionLevel",
            "Type": "OrderCount",
            "Value": 1000,
        },
        {"Type": "TotalUsage", "Value": 1001},
    )


def limit_usage(make: Maker) -> Specimen:
    limit_id = make.make("PromotionLimit", **limit(make).body)
    return Specimen({"PromotionLimitId": limit_id, "Usage": 10.25})


def market_segment(make: Maker) -> Specimen:
    return Specimen(
        {
            "PromotionId": make.promotion(),
            "PromotionSegmentId": make.segment(),
            "CurrencyIsoCode": "EUR",
        },
        {"PromotionSegmentId": make.segment()},
    )


def coupon(make: Maker) -> Specimen:
    return Specimen(
        {
            "OwnerId": make.owner(),
            "PromotionId": make.promotion(),
            "CouponCode": text("SUMMER"),
            "Status": "Active",
            "StartDateTime": "2026-05-01T00:00:00.000+0000",
            "EndDateTime": "2026-08-01T00:00:00.000+0000",
            "RedemptionLimitAllBuyers": 100,
            "RedemptionLimitPerBuyer": 2,
            "Description": "For newsletter readers.",
            "CurrencyIsoCode": "EUR",
        },
    )


def redemption(make: Maker) -> Specimen:
    return Specimen(
        {
            "OwnerId": make.owner(),
            "CouponId": make.coupon(),
            "Buyer": text("buyer"),
            "Transaction": text("order"),
        },
    )


def usage(make: Maker) -> Specimen:
    return Specimen(
        {
            "PromotionId": make.promotion(IsActive=True, IsEnrollmentRequired=True),
            "PartyId": make.make("Contact", LastName=text("Customer")),
            "EnrollmentOfferId": make.make("Offer", Name="Letter", Code=text("LETTER")),
            "IsPartyEnrolled": True,
            "EnrollmentEffectiveDateTime": _in_days(1),
            "EnrollmentExpirationDateTime": _in_days(30),
            "UsageCount": 3,
            "OrderCount": 2,
            "IssuedVoucherCount": 1,
            "PointsCredited": 12.5,
            "AdditionalAttributeInfo": '{"shop":"Basel"}',
        },
        {
            "EnrollmentOfferId": make.make("Offer", Name="Letter", Code=text("LETTER")),
            "AdditionalAttributeInfo": '{"shop":"Bern"}',
        },
    )


def _in_days(days: int) -> str:
    day = timezone.now().replace(microsecond=0) + timedelta(days=days)
    return format_wire_moment(day)


def segment(make: Maker) -> Specimen:
    return Specimen({"OwnerId": make.owner(), "Name": text("Students"), "CurrencyIsoCode": "EUR"})


def segment_buyer_group(make: Maker) -> Specimen:
    return Specimen(
        {
            "PromotionSegmentId": make.segment(),
            "BuyerGroupId": make.named("BuyerGroup"),
            "CurrencyIsoCode": "EUR",
        }
    )


def segment_sales_store(make: Maker) -> Specimen:
    return Specimen(
        {
            "PromotionSegmentId": make.segment(),
            "SalesStoreId": make.named("WebStore"),
            "CurrencyIsoCode": "EUR",
        }
    )


def catalogued(name: str, **more: Any) -> Callable[[Maker], Specimen]:
    return lambda make: Specimen({"Name": text(name), "ExternalId": text("E"), **more})


SPECIMENS: Final[Mapping[str, tuple[Callable[[Maker], Specimen], ...]]] = {
    "Account": (account,),
    "BuyerGroup": (catalogued("Club"),),
    "Contact": (contact,),
    "Coupon": (coupon,),
    "CouponCodeRedemption": (redemption,),
    "Offer": (offer,),
    "Product2": (catalogued("Shoe", StockKeepingUnit="S-1"),),
    "ProductCategory": (catalogued("Shoes"),),
    "Promotion": (promotion,),
    "PromotionLimit": (limit,),
    "PromotionLimitUsage": (limit_usage,),
    "PromotionLineItemRule": (price_rule, product_rule, attribute_rule),
    "PromotionMarketSegment": (market_segment,),
    "PromotionPartyUsage": (usage,),
    "PromotionQualifier": (qualifier_by_code, qualifier_by_product, qualifier_of_none),
    "PromotionSegment": (segment,),
    "PromotionSegmentBuyerGroup": (segment_buyer_group,),
    "PromotionSegmentSalesStore": (segment_sales_store,),
    "PromotionTarget": (target_of_order, target_of_product, target_by_code, target_of_none),
    "PromotionTier": (tier,),
    "WebStore": (catalogued("Shop"),),
}
"""By object; the first is the usual one."""
TOGETHER: Final[Mapping[str, tuple[str, ...]]] = {
    "CouponCodeRedemption": ("CouponId", "Transaction"),
    "PromotionLimit": ("PromotionId", "Type"),
    "PromotionMarketSegment": ("PromotionId", "PromotionSegmentId"),
    "PromotionPartyUsage": ("PromotionId", "PartyId"),
    "PromotionSegmentBuyerGroup": ("PromotionSegmentId", "BuyerGroupId"),
    "PromotionSegmentSalesStore": ("PromotionSegmentId", "SalesStoreId"),
    "PromotionTier": ("PromotionId", "Rank"),
}
"""Fields of which two records may have one in common, but not all."""
