"""What the signed-in user may do with a record: the role's permission and the promotion's sharing,
both of which must allow it."""

from django.db.models import Case, When
from django.http import HttpRequest

from promotions.access import Access
from promotions.admin.site import actor_of
from promotions.models import Promotion, Record, RecordQuerySet
from promotions.permissions import condition, reach


def access_to(request: HttpRequest, record: Record) -> Access:
    """How far the record's promotion is shared with whoever asks; without a promotion, to the
    full. Read once for each page: forms ask many times."""
    known: dict[tuple[str, int], Access] = request.__dict__.setdefault("_access", {})
    key = (record._meta.label, record.pk)
    if key not in known:
        known[key] = _access(request, record)
    return known[key]


def _access(request: HttpRequest, record: Record) -> Access:
    by, model = actor_of(request), type(record)
    if model.promotion_path is None or reach(by) == Access.ALL:
        return Access.ALL
    further = [access for access in (Access.ALL, Access.EDIT, Access.READ) if access > reach(by)]
    found = Case(
        *(When(condition(model, by, access), then=access.value) for access in further),
        default=reach(by).value,
    )
    records: RecordQuerySet[Record] = RecordQuerySet(model).filter(pk=record.pk)
    return Access(records.values_list(found, flat=True).first() or Access.NONE)


def may(request: HttpRequest, act: str, record: Record, access: Access) -> bool:
    """Whether the user's role may ``act`` (view, change, delete) on promotions, and ``record`` is
    shared so far."""
    return may_on_promotions(request, act) and access_to(request, record) >= access


def may_on_promotions(request: HttpRequest, act: str) -> bool:
    """Whether the role may ``act`` on promotions at all, and so on what belongs to them."""
    return request.user.has_perm(f"promotions.{act}_promotion")


def find_promotion(
    request: HttpRequest, key: str, access: Access = Access.READ, *, deleted: bool = False
) -> Promotion | None:
    """The promotion behind a key from a path; None where there is none to be seen, or the user may
    do less with it than ``access``. With ``deleted`` those in the recycle bin too."""
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    promotions: RecordQuerySet[Promotion] = RecordQuerySet(Promotion)
    there = promotions if deleted else promotions.live()
    return there.accessible(actor_of(request), access).filter(pk=int(key)).first()
