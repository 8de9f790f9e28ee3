"""The admin's foundations: the theme's base classes behind names of ours, who may see what.

Every admin class of this service derives from ``ModelAdmin`` here, those of other packages' models
too, so that the theme can be exchanged in one place.
"""

import re
from collections.abc import Iterable, Sequence
from functools import partial, reduce
from operator import or_
from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin as ThemeModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.contrib.filters.admin import BooleanRadioFilter as YesNoFilter
from unfold.contrib.filters.admin import RadioFilter as ChoiceFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm
from unfold.views import ChangeList as ThemeChangeList

from promotions.actors import Actor, Source
from promotions.folding import fold
from promotions.likelihood import by_names
from promotions.models import Record, RecordQuerySet, User
from promotions.permissions import MANAGE_ALL

__all__ = [
    "CappedPaginator",
    "ChangeList",
    "ChoiceFilter",
    "KeySelect",
    "LookupView",
    "ModelAdmin",
    "RecordFilter",
    "SuperuserOnly",
    "WordFilter",
    "YesNoFilter",
    "actor_of",
    "badge",
    "choice_of",
    "everybodys_label_of",
    "in_enrollments",
    "in_promotions",
    "is_key",
    "label_of",
    "may_administer",
    "may_manage_promotions",
    "may_view_enrollments",
    "may_view_promotions",
    "staff_user",
]

admin.site.index_title = "What would you like to do?"


# --- Who may see what -----------------------------------------------------------------------------


def may_view_promotions(request: HttpRequest) -> bool:
    """Whether the sidebar offers promotions and offers."""
    return _has_perm(request, "promotions.view_promotion")


def may_manage_promotions(request: HttpRequest) -> bool:
    """Whether the sidebar offers sharing rules: to those who manage every promotion."""
    return _has_perm(request, MANAGE_ALL)


def in_promotions(request: HttpRequest) -> bool:
    """Whether the sidebar marks "Promotions": on their pages, not in the calendar and the
    recycle bin below them."""
    promotions = reverse("admin:promotions_promotion_changelist")
    others = (reverse("admin:recycle_bin"), reverse("admin:promotions_promotion_calendar"))
    return request.path.startswith(promotions) and not request.path.startswith(others)


def may_view_enrollments(request: HttpRequest) -> bool:
    """Whether the sidebar offers customers and enrollments."""
    return _has_perm(request, "enrollments.view_promotionpartyusage")


def in_enrollments(request: HttpRequest) -> bool:
    """Whether the sidebar marks "Enrollments": on their pages, not on the customers' and not on
    "Would it be accepted?", which lie below them."""
    enrollments = reverse("admin:enrollments_promotionpartyusage_changelist")
    others = (reverse("admin:customers"), reverse("admin:why"))
    return request.path.startswith(enrollments) and not request.path.startswith(others)


def may_administer(request: HttpRequest) -> bool:
    """Whether users, roles and partner systems are shown: to superusers, since whoever may
    change users may make themselves one."""
    return bool(request.user.is_active and request.user.is_superuser)


def _has_perm(request: HttpRequest, permission: str) -> bool:
    return request.user.has_perm(permission)


def staff_user(user: User | AnonymousUser) -> User:
    """The signed-in user; the admin lets nobody else in."""
    assert isinstance(user, User)
    return user


def actor_of(request: HttpRequest) -> Actor:
    """Who acts: the signed-in user, through the admin."""
    return Actor(user=staff_user(request.user), source=Source.ADMIN)


class SuperuserOnly:
    """Mixed into admin classes of what only superusers see."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_administer(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may_administer(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_administer(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may_administer(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may_administer(request)


# --- Lists ----------------------------------------------------------------------------------------


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Counts no further than ``MOST``: counting ten million rows takes longer than reading a page.

    What lies beyond is reached by searching and filtering.
    """

    MOST: Final = 10_000
    template_name = "admin/capped_pagination.html"

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.MOST)

    @property
    def zone(self) -> str:
        """The zone of the moments in the list, named below it."""
        return settings.TIME_ZONE

    @property
    def shown_count(self) -> str:
        """The count as it is shown: ``10,000+`` where there is more."""
        return f"{self.MOST:,}+" if self._counted > self.MOST else f"{self.count:,}"

    def page(self, number: Any) -> Any:
        """A page behind the first is found by its keys: whatever else a list shows need not be
        looked up for the rows before it."""
        page = super().page(number)
        rows = self.object_list
        if page.number > 1 and isinstance(rows, models.QuerySet):
            keys = rows.select_related(None).values_list("pk", flat=True)
            on_page = list(keys[page.start_index() - 1 : page.end_index()])
            page.object_list = rows.filter(pk__in=on_page)
        return page

    @cached_property
    def _counted(self) -> int:
        rows = self.object_list
        if isinstance(rows, models.QuerySet):
            return rows.order_by().values("pk")[: self.MOST + 1].count()
        return len(rows)


class ChangeList(ThemeChangeList):  # type: ignore[misc]  # the theme is not typed
    """A list whose heading leaves its count to the paginator, which knows where it is capped."""

    def get_filters(self, request: HttpRequest) -> Any:
        """An address that asks for what the list isn't narrowed by leads to the list, as one does
        that nobody understands."""
        try:
            return super().get_filters(request)
        except DisallowedModelAdminLookup as error:
            raise IncorrectLookupParameters(str(error)) from error

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count


MOST_OFFERED: Final = 100
"""So many records are offered for what somebody types; who means another types more of it."""
_MOST_WORDS: Final = 8
_LONGEST_SEARCH: Final = 200


def words_of(search: str) -> list[str]:
    """The words of a search, folded: not so many that the database is busy with them for long."""
    return fold(search[:_LONGEST_SEARCH].replace("\x00", " ")).split()[:_MOST_WORDS]


class ModelAdmin(ThemeModelAdmin):  # type: ignore[misc]  # the theme is not typed
    """Base of all admin classes."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER  # "Show counts" would count every row, once a choice
    list_filter_submit = True
    list_disable_select_all = True
    warn_unsaved_form = True
    empty_value_display = "–"
    actions_list: Any = ()
    nothing_yet = ""
    """What an empty list says: what there would be, and what to do for it."""
    also_narrowed_by: Sequence[str] = ()
    """The parameters by which links narrow the list down, beside those of its filters."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """An address narrows a list by its own filters and by what links ask for. By any other
        column it could ask letter by letter for what the page doesn't show, and would read all
        rows for it."""
        asked = (_parameters(one) for one in self.get_list_filter(request))
        return lookup in self.also_narrowed_by or any(lookup in names for names in asked)

    def label_of(self, record: Any) -> str:
        """What tells a record apart where it is chosen among others."""
        return str(record)

    def stands_so(self, record: Any) -> str:
        """What to know of a record before it is chosen: of most, nothing beside their name."""
        return ""

    def label_for(self, record: Any, by: Actor) -> str:
        """The same as far as ``by`` may read it."""
        return self.label_of(record)

    @property
    def called_by(self) -> Sequence[str]:
        """The folded columns with the names and codes by which people know a record."""
        return ()

    def names_of(self, record: Any) -> Iterable[str]:
        """What they hold of ``record``."""
        return [getattr(record, name) or "" for name in self.called_by]

    def likeliest(self, found: "models.QuerySet[Any]", typed: str) -> list[Any]:
        """Of what was ``found`` where a record is chosen by what somebody ``typed``, folded: first
        what is called so, then what begins so, then the rest. Each is a look-up of its own, which
        ends at ``MOST_OFFERED``; sorting everything that is found would read a big table to its
        end."""
        hits: dict[int, Any] = {}
        for condition in self._by_likelihood(typed):
            for one in found.filter(condition)[:MOST_OFFERED]:
                hits.setdefault(one.pk, one)
            if len(hits) >= MOST_OFFERED:
                break
        return list(hits.values())[:MOST_OFFERED]

    def _by_likelihood(self, typed: str) -> Iterable[models.Q]:
        if self.called_by:
            for how in ("exact", "startswith"):
                yield reduce(
                    or_, (models.Q(**{f"{name}__{how}": typed}) for name in self.called_by)
                )
        yield models.Q()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", search_term: str
    ) -> "tuple[models.QuerySet[Any], bool]":
        found: tuple[models.QuerySet[Any], bool] = super().get_search_results(
            request, queryset, " ".join(words_of(search_term))
        )
        return found


def label_of(record: Any, by: Actor) -> str:
    """How a record is named to ``by`` where it is chosen among others: as its admin class says."""
    registered: Any = admin.site._registry.get(type(record))
    return str(registered.label_for(record, by) if registered else record)


def choice_of(record: Any, by: Actor) -> str:
    """The same with what is to be known before it is chosen: ``Spring sale (SPRING) · ended``."""
    registered: Any = admin.site._registry.get(type(record))
    stands_so = registered.stands_so(record) if registered else ""
    return " · ".join(part for part in (label_of(record, by), stands_so) if part)


def everybodys_label_of(record: Any) -> str:
    """The same for a record of the catalogue, which tells nothing personal."""
    registered: Any = admin.site._registry[type(record)]
    return str(registered.label_of(record))


class LookupView(AutocompleteJsonView):
    """Answers what somebody types in a ``KeySelect``, to those who may view such records."""

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        self.typed = " ".join(words_of(self.term))
        shown: Any = self.model_admin
        return shown.likeliest(found, self.typed) if self.typed else found

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, Any]:
        shown: Any = self.model_admin
        return {
            "id": str(getattr(obj, to_field_name)),
            "text": choice_of(obj, actor_of(self.request)),
            "likelihood": by_names(shown.names_of(obj), self.typed),
        }


def _answer_lookup(request: HttpRequest) -> HttpResponseBase:
    return LookupView.as_view(admin_site=admin.site)(request)


# Django's own names records whoever asks.
admin.site.autocomplete_view = _answer_lookup  # type: ignore[method-assign,assignment]


class KeySelect(AutocompleteSelect):
    """Chooses a record while typing. What was sent and is no key chooses nothing, and the field
    says so; Django's own would fail on it."""

    def get_url(self) -> str:
        return reverse("admin:record_lookup")

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [v for v in value if _KEY.fullmatch(str(v))], attr)


_KEY: Final = re.compile(r"\d{1,18}", re.ASCII)


def is_key(text: str) -> bool:
    """Whether a text that was sent can be a record's key."""
    return _KEY.fullmatch(text) is not None


class WordFilter(ChoiceFilter):  # type: ignore[misc]  # the theme is not typed
    """By a column that holds one of ``words``; ``parameter_name`` is its name. Any other word
    matches nothing."""

    words: tuple[str, ...]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(word, word.capitalize()) for word in self.words]

    def queryset(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]"
    ) -> "models.QuerySet[Any]":
        word = self.value()
        if not word:
            return queryset
        return self.matching(queryset, word) if word in self.words else queryset.none()

    def matching(self, queryset: "models.QuerySet[Any]", word: str) -> "models.QuerySet[Any]":
        """The rows that the word stands for."""
        return queryset.filter(**{self.parameter_name: word})


def _parameters(list_filter: Any) -> tuple[str, ...]:
    """By what a filter of a list is asked in an address."""
    if not isinstance(list_filter, tuple):
        return (list_filter.parameter_name,)
    column, kind = list_filter
    if issubclass(kind, RecordFilter):
        return (f"{column}__id__exact",)
    if issubclass(kind, YesNoFilter):
        return (f"{column}__exact",)
    return f"{column}_from", f"{column}_to"


class _RecordFilterForm(AutocompleteDropdownForm):  # type: ignore[misc]  # the theme is not typed
    widget = KeySelect

    def __init__(self, request: HttpRequest, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, name, *args, **kwargs)
        field: Any = self.fields[name]
        if issubclass(field.queryset.model, Record):
            # A link may name any key: what one may not see has no name here.
            field.queryset = RecordQuerySet(field.queryset.model).accessible(actor_of(request))
        field.label_from_instance = partial(label_of, by=actor_of(request))


class RecordFilter(AutocompleteSelectFilter):  # type: ignore[misc]  # the theme is not typed
    """By a record that is chosen while typing; what is no key matches nothing."""

    form_class = _RecordFilterForm

    @property
    def key(self) -> int | None:
        """The chosen record's key; None where none is chosen."""
        value = str(self.value() or "")
        return int(value) if _KEY.fullmatch(value) else None

    def queryset(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]"
    ) -> "models.QuerySet[Any]":
        if not self.value():
            return queryset
        return queryset.filter(**{self.field_path: self.key}) if self.key else queryset.none()


_COLOURS: Final = {
    "active": "success",
    "running": "success",
    "finished": "success",
    "enrolling": "info",
    "queued": "info",
    "scheduled": "info",
    "paused": "warning",
    "stopped": "warning",
    "failed": "danger",
    "passed": "success",
    "withdrawn": "danger",
    "deleted": "danger",
}


def badge(word: str) -> str:
    """A status or standing as a coloured label; the words are the rules'."""
    return render_to_string(
        "unfold/helpers/label.html", {"text": word, "type": _COLOURS.get(word, "default")}
    )
