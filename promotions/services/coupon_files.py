"""Coupons from CSV files and into them, however many: no more than some thousand are in memory.

A file's columns are the properties of the field dictionary. An import is one transaction. Its rows
are first put into a temporary table, where the database finds those whose code comes twice or is
taken; what is then written is written in the order of the codes, so that two imports of the same
codes wait for each other and never both.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Final

from django.db import transaction
from django.db.models import Count

from promotions.actors import Actor
from promotions.child_rules import coupon_problems
from promotions.csv_files import Row, read_rows, rows_of, write_rows
from promotions.dictionary import Field, fields_of
from promotions.errors import DomainError, Refused, refuse
from promotions.models import Coupon, CouponBatch, CouponCodeRedemption, Promotion
from promotions.moments import format_moment, parse_moment
from promotions.services import history
from promotions.services.coupon_generation import batch_event, hold_for_coupons, make_batch
from promotions.services.coupon_staging import StagedRows, staged_rows
from promotions.services.promotion_files import Clocks, heading, value_of
from promotions.services.records import fill_in, own_problems
from promotions.spreadsheets import is_workbook, read_workbook

_CHUNK: Final = 5_000
_CODE: Final = "couponCode"
_READ_ONLY: Final = ("redemptionCount", "createdDate", "id")
"""Columns that an exported file has besides; an import passes over them."""
_WHOLE: Final = re.compile(r"[0-9]{1,18}")
MOST_WORKBOOK_ROWS: Final = 50_000
"""A workbook is read as a whole, unlike a CSV file."""
_SPARE_COLUMNS: Final = 20
"""That a workbook is read beyond the known ones, so that what is wrong with them can be said."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row of a file that is no coupon."""

    line: int
    coupon_code: str
    error: DomainError
    """The reason; where there are several, its ``detail`` has them all."""


@dataclass(frozen=True, slots=True)
class Import:
    """What became of a file."""

    read: int
    """How many rows it has."""
    refused: int
    batch: CouponBatch | None
    """The coupons that were made of it; None where none were."""
    unchanged: int = 0
    """How many rows people sent that are coupons of the promotion already, exactly so."""

    @property
    def created(self) -> int:
        return 0 if self.batch is None else self.batch.quantity


def file_columns() -> Mapping[str, Field]:
    """The columns of a file, by name, as the organisation's settings have it now."""
    fields = [f for f in fields_of(Coupon).values() if f.writable and f.type != "reference"]
    fields.sort(key=lambda field: field.json_name != _CODE)
    return {field.json_name: field for field in fields}


def headings() -> dict[str, Field]:
    """The columns of a file that people send, by heading."""
    return {heading(field): field for field in file_columns().values()}


def _named_by_people() -> dict[str, str]:
    """What people may call the columns, with the heading that is meant; a property's name will do,
    too, as an exported file has it."""
    names = {name: name for name in (*headings(), *_READ_ONLY)}
    return names | {field.json_name: name for name, field in headings().items()}


def import_coupons(
    promotion: int,
    file: BinaryIO,
    *,
    by: Actor,
    at: datetime,
    all_or_none: bool = False,
    trial: bool = False,
    clocks: Clocks | None = None,
    refused: Callable[[RefusedRow], None],
    progress: Callable[[int], None] = lambda read: None,
) -> Import:
    """Makes coupons of a promotion, by key, of the rows of a CSV file. ``refused`` is told of the
    bad rows, by line; the good ones are written nevertheless, unless ``all_or_none``. A ``trial``
    writes nothing. ``progress`` is told how many rows have been read.

    With ``clocks`` the file comes from people: CSV or XLSX, with headings, days as they type them
    and the labels of values; errors point at headings, and rows that are coupons of the promotion
    already, exactly so, are passed over.

    Raises ``Refused``: ``not_found``, ``insufficient_access``, and for a file that can't be read.
    Then nothing was written.
    """
    columns = file_columns() if clocks is None else headings()
    shown = {} if clocks is None else {field.json_name: name for name, field in columns.items()}
    names = [field.columns[0] for field in columns.values()]
    with transaction.atomic(), staged_rows(names) as rows:
        template = Coupon(promotion=hold_for_coupons(promotion, by))
        fill_in(template, by=by, at=at)
        read = 0
        if clocks is None:
            found = read_rows(file, columns=[*columns, *_READ_ONLY], required=[_CODE])
        else:
            found = _rows_of_people(file, code=shown[_CODE])
        given: set[str] = set()
        while chunk := list(islice(found, _CHUNK)):
            rows.add([_coupon(row, columns, template, by, clocks) for row in chunk])
            given |= chunk[0].cells.keys()
            read += len(chunk)
            progress(read)
        if not read:
            raise refuse("empty_request", "The file has a header and no rows. Send one with rows.")
        rows.refuse_repeated()
        unchanged = 0
        if clocks is not None:
            alike = [field.columns[0] for name, field in columns.items() if name in given]
            unchanged = rows.pass_over_same(promotion, alike)
        rows.refuse_taken()
        good, batch = rows.count_good(), None
        if good and not trial and (good + unchanged == read or not all_or_none):
            batch = _write(rows, good, template, all_or_none=all_or_none)
        if batch is not None:
            events = [batch_event(batch)]
            history.write(events, promotion=template.promotion_id, by=by, at=at)
        for line, code, error in rows.refused():
            pointer = shown.get(error.pointer, error.pointer)
            refused(RefusedRow(line, code or "", replace(error, pointer=pointer)))
        return Import(read, read - rows.count_good() - unchanged, batch, unchanged)


def _rows_of_people(file: BinaryIO, *, code: str) -> Iterator[Row]:
    """The rows of a CSV file or a workbook."""
    names = _named_by_people()
    if not is_workbook(file):
        return read_rows(file, columns=names, required=[code])
    lines = list(
        read_workbook(file, most_rows=MOST_WORKBOOK_ROWS, most_columns=len(names) + _SPARE_COLUMNS)
    )
    if len(lines) > MOST_WORKBOOK_ROWS + 1:
        detail = f"A workbook has at most {MOST_WORKBOOK_ROWS:,} rows here. Send more as CSV."
        raise refuse("payload_too_large", detail)
    return rows_of(iter(lines), columns=names, required=[code])


def _write(
    rows: StagedRows, good: int, template: Coupon, *, all_or_none: bool
) -> CouponBatch | None:
    """Makes coupons of the good rows, where nobody is faster with the same codes."""
    before = transaction.savepoint()
    batch = make_batch(template, CouponBatch.Kind.IMPORTED, None, good)
    batch.quantity = rows.write(template)
    if batch.quantity < good and (all_or_none or not batch.quantity):
        transaction.savepoint_rollback(before)
        rows.refuse_taken()
        return None
    if batch.quantity < good:
        rows.refuse_taken(batch.pk)
        batch.save()
    return batch


def _coupon(
    row: Row,
    columns: Mapping[str, Field],
    template: Coupon,
    by: Actor,
    clocks: Clocks | None,
) -> tuple[int, Coupon, DomainError | None]:
    """The coupon that a row says, and what is wrong with it."""
    coupon = Coupon(promotion=template.promotion)
    errors = [] if row.problem is None else [DomainError("invalid_value", row.problem)]
    for name, field in columns.items():
        if text := row.cells.get(name):
            try:
                value = _value(field, text) if clocks is None else value_of(field, text, clocks)
                setattr(coupon, field.columns[0], value)
            except Refused as refused:
                errors += [error.under(name) for error in refused.errors]
    fill_in(coupon, by=by, at=template.created_date)
    further = [*own_problems(coupon, (), by), *coupon_problems(coupon)]
    named = {field.json_name: name for name, field in columns.items()}
    errors += [replace(one, pointer=named.get(one.pointer, one.pointer)) for one in further]
    return row.line, coupon, _as_one(errors)


def _value(field: Field, text: str) -> Any:
    """What the text in a cell means. Raises ``Refused``."""
    if field.type == "dateTime":
        try:
            return parse_moment(text)
        except ValueError as error:
            raise refuse("invalid_datetime", str(error)) from error
    if field.type == "int":
        if not _WHOLE.fullmatch(text):
            raise refuse("invalid_value", "Write a whole number.")
        return int(text)
    if field.values and text not in dict(field.values):
        raise refuse("invalid_value", f"Write one of {', '.join(dict(field.values))}.")
    return text


def _as_one(errors: Sequence[DomainError]) -> DomainError | None:
    """Several errors as one that says them all."""
    if len(errors) < 2:
        return errors[0] if errors else None
    details = [
        f"{error.pointer}: {error.detail}" if error.pointer else error.detail for error in errors
    ]
    return replace(errors[0], detail=" ".join(details))


def export_coupons(promotion: int, *, by: Actor) -> Iterator[str]:
    """The live coupons of a promotion, by key, as the lines of a CSV file, some at a time, with how
    often each was redeemed.

    Raises ``Refused`` (``not_found``) at once.
    """
    if not Promotion.objects.accessible(by).filter(pk=promotion).exists():
        raise refuse("not_found", "There is no such promotion, or it was deleted.")
    return _exported(promotion)


def _exported(promotion: int) -> Iterator[str]:
    columns = file_columns()
    yield write_rows([[*columns, *_READ_ONLY]])
    coupons = Coupon.objects.live().filter(promotion=promotion).order_by("pk")
    after = 0
    while chunk := list(coupons.filter(pk__gt=after)[:_CHUNK]):
        after = chunk[-1].pk
        used = _redemptions(chunk)
        yield write_rows(
            [
                *(history.shown_value(coupon, field) or "" for field in columns.values()),
                str(used.get(coupon.pk, 0)),
                format_moment(coupon.created_date),
                coupon.record_id,
            ]
            for coupon in chunk
        )


def _redemptions(coupons: Sequence[Coupon]) -> dict[int, int]:
    """How often each of the coupons was redeemed, by key."""
    live = CouponCodeRedemption.objects.live().filter(coupon__in=[c.pk for c in coupons])
    counted = live.order_by().values_list("coupon").annotate(uses=Count("pk"))
    return dict(counted)
