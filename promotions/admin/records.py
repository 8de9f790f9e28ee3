"""Records written through a service: what their admin pages have in common.

The form checks each field and the rules between fields, with the functions that the service asks
too. Saving goes through the service; whatever it refuses (a version conflict,
a lost race for a code) comes back as an error in the form. Deleting is soft.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms.models import construct_instance
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget

from promotions.actors import Actor
from promotions.admin.moments import MomentField, MomentWidget, moment_column, show_moment
from promotions.admin.refusals import in_words, show_refusals
from promotions.admin.site import KeySelect, ModelAdmin, actor_of, words_of
from promotions.errors import DomainError, Refused
from promotions.models import Record, RecordQuerySet
from promotions.services.records import RecordService


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A form over one record. ``version`` is the one that the editor read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    refused: ClassVar[tuple[DomainError, ...]] = ()
    """Why the service refused this form the first time round."""
    rules: ClassVar[Callable[[Any], Iterable[DomainError]]] = staticmethod(lambda record: ())
    """What is wrong between the fields of a record; pointers as in the API."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["version"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data

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
        show_refusals(self, self.refused)

    def changes(self) -> dict[str, Any]:
        """What the editor changed, by the model's field names."""
        names = {field.name for field in self.instance._meta.fields} - {"version"}
        return {name: self.cleaned_data[name] for name in self.changed_data if name in names}


class RecordAdmin(ModelAdmin):
    """Base of the admin classes over records. A subclass says how its service writes."""

    form = RecordForm
    change_form_before_template = "promotions/admin/version.html"
    delete_confirmation_template = "admin/delete_record.html"
    delete_selected_confirmation_template = "admin/delete_records.html"
    deleting_means: ClassVar[str] = "It disappears from all lists."
    folded_fields: ClassVar[Sequence[str]] = ()
    """The folded columns that the search looks into, for any part of them."""
    moments: ClassVar[Mapping[str, str]] = {}
    """Form fields that are moments, and the read-only columns that show them safely."""

    created = moment_column("created_date", "created")

    # --- What a subclass says ---

    service: ClassVar[RecordService[Any]]

    def sections(self, new: bool) -> list[tuple[str, dict[str, Any]]]:
        """The form's sections; ``new`` where there is no record yet."""
        raise NotImplementedError

    def problems(self, record: Any) -> Iterable[DomainError]:
        """The rules between the fields of a record about to be written: the service's own."""
        return self.service.problems(record)

    def create_record(self, record: Any, *, by: Actor) -> None:
        self.service.create(record, by=by, at=timezone.now())

    def update_record(
        self, key: int, changes: Mapping[str, Any], *, by: Actor, expected: Iterable[int]
    ) -> None:
        self.service.update(key, changes, by=by, at=timezone.now(), expected=expected)

    def delete_record(self, key: int, *, by: Actor) -> None:
        self.service.delete(key, by=by, at=timezone.now())

    # --- Reading ---

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        records: RecordQuerySet[Any] = RecordQuerySet(self.model).live()
        records = records.accessible(actor_of(request))
        return records.order_by(*self.get_ordering(request))

    def get_search_results(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", search_term: str
    ) -> "tuple[models.QuerySet[Any], bool]":
        """Each word of the search, in any case, in one of the folded columns."""
        for word in words_of(search_term):
            anywhere = models.Q()
            for name in self.folded_fields:
                anywhere |= models.Q(**{f"{name}__contains": word})
            queryset = queryset.filter(anywhere)
        return queryset, False

    @admin.display(description="created by")
    def created_by_whom(self, record: Record) -> str:
        return f"{show_moment(record.created_date)}, {record.created_by}"

    @admin.display(description="last changed by")
    def changed_by_whom(self, record: Record) -> str:
        return f"{show_moment(record.last_modified_date)}, {record.last_modified_by}"

    @admin.display(description="record id")
    def shown_id(self, record: Record) -> str:
        return record.record_id if record.pk else ""

    # --- Forms ---

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if isinstance(db_field, models.DateTimeField):
            kwargs = {"form_class": MomentField, "widget": MomentWidget, **kwargs}
            return db_field.formfield(**kwargs)
        if isinstance(db_field, models.TextField):
            kwargs = {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 4}), **kwargs}
        if isinstance(db_field, models.URLField):
            kwargs = {"assume_scheme": "https", **kwargs}  # Django 6's own choice
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KeySelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sections = self.sections(new=obj is None)
        if obj is None or self.has_change_permission(request, obj):
            return sections
        # Shown and not edited: Django would convert "for ever" to a zone where there is none.
        return [
            (title, {"fields": [self.moments.get(name, name) for name in options["fields"]]})
            for title, options in sections
        ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        # This class was made for this request.
        form.refused = getattr(request, "refused", ())
        form.rules = staticmethod(self.problems)
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refused:
            # Nothing was written. The same form again, with the reasons in it.
            request.refused = refused.errors  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    # --- Writing ---

    def save_model(self, request: HttpRequest, obj: Any, form: RecordForm, change: bool) -> None:
        by = actor_of(request)
        if not change:
            self.create_record(obj, by=by)
        elif changes := form.changes():
            known = form.cleaned_data.get("version") or 0  # none sent: no version that there is
            self.update_record(obj.pk, changes, by=by, expected=(known,))

    def save_related(self, *args: Any, **kwargs: Any) -> None:
        """Records have nothing beside them that a form writes."""

    def delete_model(self, request: HttpRequest, obj: Record) -> None:
        self.delete_record(obj.pk, by=actor_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: "models.QuerySet[Any]") -> None:
        with transaction.atomic():
            for record in queryset:
                self.delete_record(record.pk, by=actor_of(request))

    def get_deleted_objects(
        self, objs: Sequence[Any], request: HttpRequest
    ) -> tuple[list[str], dict[Any, int], set[str], list[str]]:
        """The records themselves: nothing else goes with them, and nothing needs to be counted."""
        named = [str(record) for record in objs]
        return named, {self.opts.verbose_name_plural: len(named)}, set(), []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"deleting_means": self.deleting_means, **(extra_context or {})}
        return self._or_say_why(
            request, lambda: super(RecordAdmin, self).delete_view(request, object_id, context)
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._or_say_why(
            request, lambda: super(RecordAdmin, self).changelist_view(request, extra_context)
        )

    def _or_say_why(self, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
        try:
            return view()
        except Refused as refused:
            messages.error(request, in_words(refused))
            return HttpResponseRedirect(
                reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
            )
