"""The picklists of the described objects: the values that a field is restricted to, and how people
read them."""

from django.db.models import TextChoices


class QualifierType(TextChoices):
    PRODUCT = "Product", "Products"
    PRODUCT_CATEGORY = "ProductCategory", "A product category"
    TRANSACTION_TOTAL = "TransactionTotal", "The total of the cart"


class QualifierOperator(TextChoices):
    EQUAL_TO = "EQUAL_TO", "is"
    NONE = "NONE", "–"
    NOT_EQUAL_TO = "NOT_EQUAL_TO", "is not"


class QualifierRuleCriteriaType(TextChoices):
    ALL = "All", "All of them"
    ANY = "Any", "Any one of them"


class AdjustmentType(TextChoices):
    FIXED_AMOUNT_OFF_LINE_ITEM_TOTAL = (
        "FixedAmountOffLineItemTotal",
        "An amount off the line's total",
    )
    FIXED_AMOUNT_OFF_TRANSACTION = "FixedAmountOffTransaction", "An amount off the order"
    FIXED_AMOUNT_OFF_UNIT_PRICE = "FixedAmountOffUnitPrice", "An amount off each piece"
    FIXED_PRICE = "FixedPrice", "A fixed price for each piece"
    TOTAL_FIXED_PRICE = "TotalFixedPrice", "A fixed price for all together"
    PERCENTAGE_DISCOUNT = "PercentageDiscount", "A percentage"
    BONUS_PRODUCT = "BonusProduct", "A bonus product"


class TargetOperator(TextChoices):
    EQUAL_TO = "EQUAL_TO", "is"
    NOT_EQUAL_TO = "NOT_EQUAL_TO", "is not"
    NONE = "NONE", "–"


class TargetRuleCriteriaType(TextChoices):
    ALL = "ALL", "All of them"
    ANY = "ANY", "Any one of them"


class TargetType(TextChoices):
    PRODUCT = "Product", "Products"
    PRODUCT_CATEGORY = "ProductCategory", "A product category"
    SHIPPING = "Shipping", "Shipping"
    STANDARD_SHIPPING_RATE = "StandardShippingRate", "The standard shipping rate"
    TRANSACTION = "Transaction", "The whole order"


class AssociatedType(TextChoices):
    QUALIFIER = "PromotionQualifier", "A qualifier"
    TARGET = "PromotionTarget", "A target"


class OperatorType(TextChoices):
    EQUAL_TO = "EQUAL_TO", "is"
    GREATER_THAN = "GREATER_THAN", "is more than"
    GREATER_THAN_OR_EQUAL_TO = "GREATER_THAN_OR_EQUAL_TO", "is at least"
    LESS_THAN = "LESS_THAN", "is less than"
    LESS_THAN_OR_EQUAL_TO = "LESS_THAN_OR_EQUAL_TO", "is at most"
    NOT_EQUAL_TO = "NOT_EQUAL_TO", "is not"


class LineItemRuleType(TextChoices):
    ATTRIBUTE = "Attribute", "An attribute"
    PRICE = "Price", "The price"
    PRODUCT = "Product", "The product"
    PRODUCT_CATEGORY = "ProductCategory", "The product category"


class LimitCategory(TextChoices):
    CUSTOMER_LEVEL = "CustomerLevel", "For each customer"
    PROMOTION_LEVEL = "PromotionLevel", "For the whole promotion"


class LimitType(TextChoices):
    CART_ITEM_COUNT = "CartItemCount", "Items in the cart"
    FINANCIAL_LIABILITY = "FinancialLiability", "Financial liability"
    ORDER_COUNT = "OrderCount", "Orders"
    POINTS_CREDITED = "PointsCredited", "Points credited"
    TOTAL_USAGE = "TotalUsage", "Uses in total"
    USAGE_PER_CUSTOMER = "UsagePerCustomer", "Uses by each customer"
    VOUCHERS_ISSUED = "VouchersIssued", "Vouchers issued"
    MILESTONE = "Milestone", "Milestone"


class CouponStatus(TextChoices):
    ACTIVE = "Active", "Active"
    INACTIVE = "Inactive", "Inactive"


class AccessLevel(TextChoices):
    READ = "Read", "See it"
    EDIT = "Edit", "See and change it"
    ALL = "All", "See, change, delete and share it"


class RowCause(TextChoices):
    OWNER = "Owner", "Owns it"
    MANUAL = "Manual", "Shared by somebody"
    RULE = "Rule", "Shared by a rule"


class FeedType(TextChoices):
    TRACKED_CHANGE = "TrackedChange", "A change"
    TEXT_POST = "TextPost", "A post"
