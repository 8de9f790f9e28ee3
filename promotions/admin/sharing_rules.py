"""Sharing rules: what owners' promotions are shared with, for whoever manages every promotion."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from promotions.actors import Actor
from promotions.admin.described import DescribedAdmin
from promotions.admin.record_forms import RecordForm, groups, people
from promotions.admin.site import may_manage_promotions
from promotions.models import SharingRule
from promotions.services import sharing


class SharingRuleForm(RecordForm):
    """Whose promotions, and with whom; each a person or a group."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for user, group in (("owner_user", "owner_group"), ("user", "group")):
            if user not in self.fields:
                continue
            who, which = self.fields[user], self.fields[group]
            assert isinstance(who, forms.ModelChoiceField)
            assert isinstance(which, forms.ModelChoiceField)
            who.queryset = people(also=getattr(self.instance, f"{user}_id"))
            which.queryset = groups()
            who.empty_label = which.empty_label = "Nobody"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for user, group in (("owner_user", "owner_group"), ("user", "group")):
            if (cleaned.get(user) is None) == (cleaned.get(group) is None):
                self.add_error(user, "Name a person or a group: one of the two.")
        return cleaned


@admin.register(SharingRule)
class SharingRuleAdmin(DescribedAdmin):
    nothing_yet = (
        "A rule shares all promotions of one owner with somebody, those to come among them."
    )
    form = SharingRuleForm
    service = sharing.sharing_rules
    list_display = ("name", "whose", "with_whom", "access_level")
    list_select_related = ("owner_user", "owner_group", "user", "group")
    deleting_means = "What it shared is no longer shared by it. Shares that people gave stay."
    unwrapped = ("owner_user", "owner_group", "user", "group")

    def role_allows(self, request: HttpRequest, act: str) -> bool:
        return may_manage_promotions(request)

    @admin.display(description="promotions of")
    def whose(self, rule: SharingRule) -> str:
        return str(rule.owner_group or rule.owner_user)

    @admin.display(description="shared with")
    def with_whom(self, rule: SharingRule) -> str:
        return str(rule.group or rule.user)

    def create_record(self, record: SharingRule, *, by: Actor) -> None:
        sharing.create_rule(record, by=by, at=timezone.now())

    def update_record(
        self, key: int, changes: Mapping[str, Any], *, by: Actor, expected: Iterable[int]
    ) -> None:
        sharing.update_rule(key, changes, by=by, at=timezone.now(), expected=expected)

    def delete_record(self, key: int, *, by: Actor) -> None:
        sharing.delete_rule(key, by=by, at=timezone.now())
