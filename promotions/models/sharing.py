"""Who may see and change a promotion: its shares, and the rules that make some of them."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q

from promotions import ids
from promotions.models import picklists
from promotions.models.base import Record, RecordManager
from promotions.models.facts import Facts, identifier, never_deleted, read_only
from promotions.models.fields import exactly_one, group_or_none, one_of, person, person_or_nobody
from promotions.models.promotion import Promotion


class SharingRule(Record):
    """What an owner's promotions are shared with, and how much of them: a group, a person."""

    key_prefix: ClassVar = ids.SHARING_RULE
    polymorphic: ClassVar = {
        "owner": ("owner_user", "owner_group"),
        "user_or_group": ("user", "group"),
    }

    name = models.CharField(max_length=255)
    owner_user = person_or_nobody(verbose_name="promotions owned by")
    owner_group = group_or_none(verbose_name="or by a group")
    user = person_or_nobody(verbose_name="shared with")
    group = group_or_none(verbose_name="or with a group")
    access_level = models.CharField(
        max_length=10, choices=picklists.AccessLevel, default=picklists.AccessLevel.READ
    )

    objects = RecordManager["SharingRule"]()

    class Meta(Record.Meta):
        default_permissions = ()
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(name="sharing_rule_name_not_blank", condition=~Q(name="")),
            exactly_one("owner_user", "owner_group", name="sharing_rule_one_owner"),
            exactly_one("user", "group", name="sharing_rule_with_one"),
            one_of("access_level", picklists.AccessLevel, on="sharing_rule"),
        ]


class PromotionShare(models.Model):
    """That somebody may see a promotion or do more with it, and why.

    Every promotion has one for its owner, with access to all. Rows are removed when the cause is
    gone; the promotion's history tells.
    """

    key_prefix: ClassVar = ids.PROMOTION_SHARE
    polymorphic: ClassVar = {"user_or_group": ("user", "group")}
    field_facts: ClassVar = {
        **identifier(),
        **never_deleted(),
        "promotion": read_only(name="ParentId", relationship_name="Parent"),
        "user_or_group": read_only(nillable=False),
        **{
            name: read_only()
            for name in ("access_level", "row_cause", "last_modified_by", "last_modified_date")
        },
        "rule": Facts(hidden=True),
        "system_modstamp": read_only(computed=True, type="dateTime", path="last_modified_date"),
    }

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="shares", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+", db_index=False)
    access_level = models.CharField(max_length=10, choices=picklists.AccessLevel)
    row_cause = models.CharField(max_length=10, choices=picklists.RowCause)
    rule = models.ForeignKey(SharingRule, models.PROTECT, null=True, related_name="shares")
    last_modified_by = person()
    last_modified_date = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            # What somebody may see: the promotions come out of the index itself.
            models.Index(name="share_of_user", fields=["user", "promotion", "access_level"]),
            models.Index(name="share_of_group", fields=["group", "promotion", "access_level"]),
            models.Index(name="share_of_promotion", fields=["promotion", "id"]),
        ]
        constraints = [
            exactly_one("user", "group", name="share_with_one"),
            one_of("access_level", picklists.AccessLevel, on="share"),
            models.CheckConstraint(
                name="share_by_rule_names_it",
                condition=Q(row_cause="Rule", rule__isnull=False)
                | Q(row_cause__in=["Owner", "Manual"], rule=None),
            ),
            models.CheckConstraint(
                name="share_of_owner_is_all",
                condition=~Q(row_cause="Owner") | Q(access_level="All"),
            ),
            models.UniqueConstraint(
                name="share_one_owner",
                fields=["promotion"],
                condition=Q(row_cause="Owner"),
            ),
            models.UniqueConstraint(
                name="share_once_with_user",
                fields=["promotion", "user"],
                condition=Q(row_cause="Manual", group=None),
            ),
            models.UniqueConstraint(
                name="share_once_with_group",
                fields=["promotion", "group"],
                condition=Q(row_cause="Manual", user=None),
            ),
            models.UniqueConstraint(
                name="share_once_by_rule",
                fields=["promotion", "rule"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.access_level} for {self.user or self.group}"

    @property
    def record_id(self) -> str:
        return ids.encode(self.key_prefix, self.pk)
