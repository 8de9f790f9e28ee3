"""Records written through a service: what their admin pages have in common.

The form checks each field and the rules between fields, with the functions that the service asks
too. Saving goes through the service; whatever it refuses (a version conflict,
a lost race for a code) comes back as an error in the form. Deleting is soft.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget

from promotions.access import Access
from promotions.actors import Actor
from promotions.admin.access import access_to
from promotions.admin.conflicts import conflict_in_words, conflict_message
from promotions.admin.moments import DayField, MomentField, moment_column, show_moment
from promotions.admin.record_forms import RecordForm, currency_field
from promotions.admin.refusals import in_words
from promotions.admin.site import (
    KeySelect,
    ModelAdmin,
    actor_of,
    is_key,
    label_of,
    staff_user,
    words_of,
)
from promotions.errors import DomainError, Refused
from promotions.models import PromotionPart, Record, RecordQuerySet
from promotions.models.fields import CurrencyField
from promotions.services.records import RecordService
from promotions.services.views import note_view


class RecordAdmin(ModelAdmin):
    """Base of the admin classes over records. A subclass says how its service writes."""

    form = RecordForm
    change_form_before_template = "promotions/admin/version.html"
    delete_confirmation_template = "admin/delete_record.html"
    delete_selected_confirmation_template = "admin/delete_records.html"
    deleting_means: ClassVar[str] = "It disappears from all lists."
    found_by_id: ClassVar[bool] = True
    """Whether the search box leads from a record's id to its form."""
    folded_fields: ClassVar[Sequence[str]] = ()
    """The folded columns that the search looks into, for any part of them."""
    stand_ins: ClassVar[Mapping[str, str]] = {}
    """Form fields, and the columns that show them where they can't be edited: Django would convert
    "for ever" to a zone where there is none, and name records that the user may not see."""

    unwrapped: ClassVar[Sequence[str]] = ("owner_user", "owner_group", "promotion")
    """References without the buttons that make or change what they lead to on the way."""

    created = moment_column("created_date", "created")

    # --- What a subclass says ---

    service: ClassVar[RecordService[Any]]

    def sections(self, new: bool) -> list[tuple[str, dict[str, Any]]]:
        """The form's sections; ``new`` where there is no record yet."""
        raise NotImplementedError

    def problems(self, record: Any) -> Iterable[DomainError]:
        """The rules between the fields of a record about to be written: the service's own. It is
        asked about a copy, with what a new record is filled in with."""
        draft = copy(record)
        if draft.pk is None:
            if isinstance(draft, PromotionPart):
                self.service.belongs(draft)
            self.service.prepare(draft)
        return self.service.problems(draft)

    def create_record(self, record: Any, *, by: Actor) -> None:
        self.service.create(record, by=by, at=timezone.now())

    def update_record(
        self, key: int, changes: Mapping[str, Any], *, by: Actor, expected: Iterable[int]
    ) -> None:
        self.service.update(key, changes, by=by, at=timezone.now(), expected=expected)

    def delete_record(self, key: int, *, by: Actor) -> None:
        self.service.delete(key, by=by, at=timezone.now())

    # --- Who may do what: what the role allows, as far as the record's promotion is shared ---

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.role_allows(request, "view") and _reaches(request, obj, Access.READ)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.role_allows(request, "change") and _reaches(request, obj, Access.EDIT)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        needed = self.service.delete_access
        return self.role_allows(request, "delete") and _reaches(request, obj, needed)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.role_allows(request, "add")

    def role_allows(self, request: HttpRequest, act: str) -> bool:
        """Whether the user's role lets them view, add, change or delete records of this kind."""
        acts = (act, "change") if act == "view" else (act,)  # who changes things sees them
        app, kind = self.opts.app_label, self.opts.model_name
        return any(request.user.has_perm(f"{app}.{one}_{kind}") for one in acts)

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

    @property
    def called_by(self) -> Sequence[str]:
        return [name for name in self.folded_fields if "__" not in name]

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
            ends = "end" in db_field.name or "expiration" in db_field.name
            form_class = partial(MomentField, ends=ends)
            return db_field.formfield(**{"form_class": form_class, **kwargs})
        if isinstance(db_field, models.DateField):
            return db_field.formfield(**{"form_class": DayField, **kwargs})
        if isinstance(db_field, CurrencyField):
            return currency_field(db_field.help_text)
        if isinstance(db_field, models.TextField):
            kwargs = {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 4}), **kwargs}
        if isinstance(db_field, models.URLField):
            kwargs = {"assume_scheme": "https", **kwargs}  # Django 6's own choice
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in self.unwrapped and hasattr(field.widget, "widget"):
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KeySelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = [*super().get_readonly_fields(request, obj), *self.fixed_fields(request, obj)]
        return [*fixed, *dict.fromkeys(self.stand_ins[f] for f in fixed if f in self.stand_ins)]

    def fixed_fields(self, request: HttpRequest, obj: Any) -> Iterable[str]:
        """Form fields that are only shown to whoever may edit the others."""
        return ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sections = self.sections(new=obj is None)
        if obj is None or self.has_change_permission(request, obj):
            fixed = set(self.get_readonly_fields(request, obj))
        else:
            fixed = {name for _, options in sections for name in options["fields"]}
        return [
            (title, {**options, "fields": list(dict.fromkeys(self._shown(options, fixed)))})
            for title, options in sections
        ]

    def _shown(self, options: Mapping[str, Any], fixed: set[str]) -> Iterable[str]:
        for name in options["fields"]:
            yield self.stand_ins.get(name, name) if name in fixed else name

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        # This class was made for this request.
        form.by = actor_of(request)
        form.label_of = staticmethod(partial(label_of, by=form.by))
        form.refused = getattr(request, "refused", ())
        form.conflict = getattr(request, "conflict", "")
        form.rules = staticmethod(self.problems)
        form.taken = staticmethod(self.service.taken)
        form.unique = self.service.unique_fields
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
            request.refused = [  # type: ignore[attr-defined]  # for this page
                error for error in refused.errors if not _is_conflict(error)
            ]
            if any(_is_conflict(error) for error in refused.errors):
                request.conflict = self._conflict(request, object_id)  # type: ignore[attr-defined]  # as well
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _conflict(self, request: HttpRequest, object_id: str | None) -> str:
        known = request.POST.get("version", "")
        by = actor_of(request)
        records: RecordQuerySet[Any] = RecordQuerySet(self.model).live().accessible(by)
        record = records.select_related("last_modified_by").filter(pk=object_id).first()
        if record is None:
            return "This was deleted while you had it open."
        words = conflict_in_words(
            record, int(known) if is_key(known) else 0, tracked=self.service.tracked, by=by
        )
        return conflict_message(words, request.path)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        errors = context["adminform"].form.errors
        if obj is not None and errors:  # it is still called what it was
            context["original"] = self.model._base_manager.filter(pk=obj.pk).first() or obj
        if set(errors) == {NON_FIELD_ERRORS}:
            context["errors"] = None  # "Correct the errors below" would be all there is of them
        if obj is not None and request.method == "GET":
            note_view(obj, user=staff_user(request.user), at=timezone.now())
        return super().render_change_form(request, context, add, change, form_url, obj)

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
        return self._or_say_why(
            request, lambda: self.ask_and_delete(request, object_id, extra_context)
        )

    def ask_and_delete(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        """The page that says what deleting means; sent, it is done. Raises ``Refused``."""
        context = {"deleting_means": self.deleting_means, **(extra_context or {})}
        response: HttpResponse = super().delete_view(request, object_id, context)
        return response

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Django's own log notes a deletion before the service may refuse it; where there is a
        history, that one tells."""
        return None if self.service.tracked else super().log_deletions(request, queryset)

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


def _is_conflict(error: DomainError) -> bool:
    """Whether it is the record itself that somebody changed, and not one of its parts."""
    return error.code == "version_conflict" and not error.pointer


def _reaches(request: HttpRequest, obj: Any, access: Access) -> bool:
    return obj is None or access_to(request, obj) >= access
