"""The form over one record: its references lead only to what the user may see, its rules are the
services' own."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms.models import construct_instance
from unfold.widgets import UnfoldAdminSelectWidget

from promotions.actors import Actor
from promotions.admin.refusals import show_refusals
from promotions.dictionary import columns_of
from promotions.errors import DomainError
from promotions.models import Owned, Record, RecordQuerySet, User

NO_SUCH_RECORD = "There is no such record, or it was deleted. Name another."


def people(*, also: int | None = None) -> QuerySet[User]:
    """The staff that can be given something, in the order of their names; and the user ``also``,
    who has it already."""
    staff = User.objects.filter(Q(is_staff=True, is_active=True) | Q(pk=also))
    return staff.order_by("first_name", "last_name", "username")


def groups() -> QuerySet[Group]:
    return Group.objects.order_by("name")


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A form over one record. ``version`` is the one that the editor read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    by: ClassVar[Actor]
    """Who edits."""
    refused: ClassVar[tuple[DomainError, ...]] = ()
    """Why the service refused this form the first time round."""
    conflict: ClassVar[str] = ""
    """What somebody else changed since the editor read it, if that is why it was refused."""
    rules: ClassVar[Callable[[Any], Iterable[DomainError]]] = staticmethod(lambda record: ())
    """What is wrong between the fields of a record; pointers as in the API."""
    taken: ClassVar[Callable[[Any], Iterable[DomainError]]] = staticmethod(lambda record: ())
    """The unique values of a record that another one has."""
    unique: ClassVar[Collection[str]] = ()
    """The fields that hold these."""
    label_of: ClassVar[Callable[[Any], str]] = staticmethod(str)
    """How a record is called where it is chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["version"] = self.instance.version
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                self._limit(name, field)
        if isinstance(self.instance, Owned) and "owner_user" in self.fields:
            self._offer_owners()

    def _limit(self, name: str, field: "forms.ModelChoiceField[Any]") -> None:
        """Offers what the user may see, and of deleted records the one that is named already. What
        is named and not to be seen shows as nothing, and stays as long as nobody names another."""
        assert field.queryset is not None
        if not issubclass(field.queryset.model, Record):
            return
        records: RecordQuerySet[Any] = RecordQuerySet(field.queryset.model).accessible(self.by)
        named = self.instance.__dict__.get(f"{name}_id")
        field.queryset = records.filter(Q(is_deleted=False) | Q(pk=named))
        field.label_from_instance = type(self).label_of  # type: ignore[method-assign, assignment]
        field.error_messages["invalid_choice"] = NO_SUCH_RECORD
        if named is not None and not field.queryset.filter(pk=named).exists():
            self.initial[name] = None

    def _offer_owners(self) -> None:
        user, group = self.fields["owner_user"], self.fields["owner_group"]
        assert isinstance(user, forms.ModelChoiceField)
        assert isinstance(group, forms.ModelChoiceField)
        user.queryset = people(also=self.instance.owner_user_id)
        user.label, user.empty_label = "Owner", "You" if self.instance.pk is None else "Nobody"
        user.help_text = "Who answers for it: a person, or a group of them."
        group.queryset = groups()
        group.label, group.empty_label = "Or a group", "None"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        if "owner_user" in self.fields and isinstance(self.instance, Owned):
            self._check_owner(cleaned.get("owner_user"), cleaned.get("owner_group"))
        return cleaned

    def _check_owner(self, user: User | None, group: Group | None) -> None:
        if user is not None and group is not None:
            self.add_error("owner_group", "Name a person or a group as the owner, not both.")
        if self.instance.pk is not None and user is None and group is None:
            self.add_error("owner_user", "Name an owner: a person or a group.")

    def _post_clean(self) -> None:
        # As Django does, but for the model's uniqueness and constraints: the rules and the service
        # say these in better words, and see races.
        self.instance = construct_instance(self, self.instance, self._meta.fields)
        try:
            self.instance.clean_fields(exclude=self._get_validation_exclusions())  # type: ignore[attr-defined]
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]
        if not self.errors:
            show_refusals(self, type(self).rules(self.instance))
        show_refusals(self, self.refused_here())
        if self.conflict:
            self.add_error(None, self.conflict)
        if self.is_bound:
            show_refusals(self, list(self.further()))

    def further(self) -> Iterator[DomainError]:
        """What can be said though other fields are wrong, so that all is said in one round."""
        if not self.refused and set(self.unique) & set(self.changed_data):
            for error in type(self).taken(self.instance):
                if not self.errors.keys() & set(columns_of(self._meta.model, error.pointer)):
                    yield error

    def refused_here(self) -> Iterable[DomainError]:
        """Why the service refused the form the first time round, as far as the fields show it."""
        return self.refused

    def changes(self) -> dict[str, Any]:
        """What the editor changed, by the model's field names."""
        names = {field.name for field in self.instance._meta.fields} - {"version"}
        return {name: self.cleaned_data[name] for name in self.changed_data if name in names}


def currency_field(help_text: Any) -> forms.TypedChoiceField:
    """One of the organisation's currencies."""
    return forms.TypedChoiceField(
        choices=[("", "–"), *((code, code) for code in settings.CURRENCIES)],
        required=False,
        empty_value=None,
        label="Currency",
        help_text=help_text,
        widget=UnfoldAdminSelectWidget,
    )
