"""Kinds of fields that the described objects have and Django doesn't tell apart.

What a field's kind means (a long text is neither filtered nor sorted by) is said once, in
``promotions/dictionary.py``.
"""

from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.expressions import Combinable

from promotions.folding import fold

EXTERNAL_ID_HELP: Final = (
    "The key of this record in the system it comes from. No two have the same."
)
LARGEST_NUMBER: Final = 2**31 - 1
"""What every database takes as an integer."""


class DerivedField(models.TextField):  # type: ignore[type-arg]  # not generic at run time
    """What is looked up in place of another text field, and kept beside it.

    Written by itself whenever the record is saved; null where the text is null.
    """

    def __init__(self, source: str, **options: Any) -> None:
        self.source = source
        super().__init__(**{"editable": False, "null": True, **options})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        return name, path, [self.source, *args], options

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        text = getattr(model_instance, self.source)
        derived = None if text is None else self.derive(text)
        setattr(model_instance, self.attname, derived)
        return derived

    @staticmethod
    def derive(text: str) -> str | None:
        raise NotImplementedError


class FoldedField(DerivedField):
    """The case-folded form of another text field, for look-ups and uniqueness."""

    derive = staticmethod(fold)


class TextArea(models.TextField):  # type: ignore[type-arg]
    """Some paragraphs; may be missing."""

    _pyi_private_set_type: str | int | Combinable | None  # type: ignore[assignment]
    _pyi_private_get_type: str | None  # type: ignore[assignment]

    LONGEST: Final = 32_000

    def __init__(self, **options: Any) -> None:
        limits = [MaxLengthValidator(self.LONGEST)]
        super().__init__(**{"null": True, "blank": True, "validators": limits, **options})


class LongTextArea(TextArea):
    """A text that is read and not searched: terms and conditions, structured notes."""


class NumberField(models.DecimalField):  # type: ignore[type-arg]
    """A number with decimals, exact; at most 15 digits, which every JSON reader keeps."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 15, "decimal_places": 4, **options})


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """An amount, in the currency of its record."""

    _pyi_private_set_type: str | float | Decimal | Combinable | None  # type: ignore[assignment]
    _pyi_private_get_type: Decimal | None  # type: ignore[assignment]

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"max_digits": 15, "decimal_places": 2, "null": True, "blank": True, **options}
        )


class PercentField(models.DecimalField):  # type: ignore[type-arg]
    """A percentage: 20 is twenty percent."""

    _pyi_private_set_type: str | float | Decimal | Combinable | None  # type: ignore[assignment]
    _pyi_private_get_type: Decimal | None  # type: ignore[assignment]

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"max_digits": 5, "decimal_places": 2, "null": True, "blank": True, **options}
        )


class CountField(models.PositiveIntegerField):  # type: ignore[type-arg]
    """A whole number, 1 or more; may be missing."""

    _pyi_private_set_type: float | int | str | Combinable | None  # type: ignore[assignment]
    _pyi_private_get_type: int | None  # type: ignore[assignment]

    def __init__(self, **options: Any) -> None:
        limits = [MinValueValidator(1), MaxValueValidator(LARGEST_NUMBER)]
        super().__init__(**{"null": True, "blank": True, "validators": limits, **options})


class CurrencyField(models.CharField):  # type: ignore[type-arg]
    """An ISO 4217 code: one of the organisation's currencies, where it has several."""

    _pyi_private_set_type: str | int | Combinable | None  # type: ignore[assignment]
    _pyi_private_get_type: str | None  # type: ignore[assignment]

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "max_length": 3,
                "null": True,
                "blank": True,
                "verbose_name": "currency",
                **options,
            }
        )


def not_blank(field: str, *, on: str) -> models.CheckConstraint:
    """A text that, where there is one, is not empty: null is the only way to have none."""
    return models.CheckConstraint(
        name=f"{on}_{field}_not_blank",
        condition=models.Q(**{field: None}) | ~models.Q(**{field: ""}),
    )


def one_of(field: str, choices: type[models.TextChoices], *, on: str) -> models.CheckConstraint:
    """A restricted picklist: one of its values, or none where the column takes null."""
    return models.CheckConstraint(
        name=f"{on}_{field}_known", condition=models.Q(**{f"{field}__in": choices.values})
    )


def positive(field: str, *, on: str) -> models.CheckConstraint:
    """A number above zero; null passes."""
    return models.CheckConstraint(
        name=f"{on}_{field}_positive", condition=models.Q(**{f"{field}__gt": Decimal(0)})
    )


def at_most_one(*fields: str, name: str) -> models.CheckConstraint:
    """Of several references, the parts of one that may lead to several objects, at most one."""
    others = [
        models.Q(**dict.fromkeys((other for other in fields if other != field), None))
        for field in fields
    ]
    condition = others[0]
    for other in others[1:]:
        condition |= other
    return models.CheckConstraint(name=name, condition=condition)


def exactly_one(*fields: str, name: str) -> models.CheckConstraint:
    """Of several references, the parts of one that may lead to several objects, exactly one."""
    condition = models.Q()
    for field in fields:
        others: dict[str, Any] = dict.fromkeys((other for other in fields if other != field), None)
        condition |= models.Q(**{f"{field}__isnull": False}, **others)
    return models.CheckConstraint(name=name, condition=condition)


def person() -> Any:
    """A reference to a user who may not be removed."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )


def person_or_nobody(**options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", **options
    )


def group_or_none(**options: Any) -> Any:
    return models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", **options
    )
