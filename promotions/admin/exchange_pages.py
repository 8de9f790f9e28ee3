"""The promotions as a table, CSV or XLSX: what the list shows as a file, and a file back, with what
it would change before anything is written."""

import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminFileFieldWidget

from promotions.admin.access import may_on_promotions
from promotions.admin.moments import organisation_zone, today
from promotions.admin.pages import page
from promotions.admin.refusals import for_people, in_words
from promotions.admin.site import actor_of
from promotions.csv_files import Row, read_rows, rows_of, write_rows
from promotions.errors import Refused, refuse
from promotions.models import Promotion
from promotions.services.promotion_files import (
    MOST_EXPORTED,
    Clocks,
    exported,
    known_headings,
)
from promotions.services.promotion_import import (
    MOST_ROWS,
    Planned,
    explained,
    plan_import,
    write_import,
    written,
)
from promotions.spreadsheets import is_workbook, read_workbook, write_workbook

MOST_SHOWN: Final = 200
"""The most rows that a preview lists of each kind."""
_MOST_BYTES: Final = 5 * 1024 * 1024
_MOST_SENT: Final = 3 * 1024 * 1024
"""Of a plan that is sent along until it is confirmed."""
_VALID_FOR: Final = 3600
_SALT: Final = "promotions.named_import"
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK: Final = 500
_SPARE_COLUMNS: Final = 20
"""That a workbook is read beyond the known ones, so that what is wrong with them can be said."""


class FileForm(forms.Form):
    """A table of promotions."""

    file = forms.FileField(label="CSV or XLSX file", widget=UnfoldAdminFileFieldWidget)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > _MOST_BYTES:
            most = _MOST_BYTES // 1024 // 1024
            raise forms.ValidationError(f"The file is larger than {most} MB. Send fewer rows.")
        return file


def export_page(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What the list shows with the filters of the query, as a file."""
    site: Any = admin.site._registry[Promotion]
    if not site.has_view_permission(request):
        raise PermissionDenied
    if kind not in ("csv", "xlsx"):
        raise Http404
    try:
        shown = site.get_changelist_instance(request).queryset
    except IncorrectLookupParameters:
        return HttpResponseRedirect(_list_url())
    found = shown.select_related("owner_user", "owner_group")[:MOST_EXPORTED]
    rows = exported(found.iterator(chunk_size=_CHUNK), _clocks(), timezone.now())
    name = f'attachment; filename="promotions-{today().isoformat()}.{kind}"'
    if kind == "csv":
        return StreamingHttpResponse(
            _lines(rows),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": name},
        )
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    write_workbook(rows, file, title="Promotions")
    file.seek(0)
    return FileResponse(file, content_type=_SHEET, headers={"Content-Disposition": name})


def _lines(rows: Iterator[list[str]]) -> Iterator[str]:
    yield "\ufeff"  # or spreadsheets take it for something other than UTF-8
    while chunk := list(islice(rows, _CHUNK)):
        yield write_rows(chunk)


def import_page(request: HttpRequest) -> HttpResponse:
    """Takes a file; says what it would change; writes it once that is confirmed."""
    if not (may_on_promotions(request, "add") and may_on_promotions(request, "change")):
        raise PermissionDenied
    if "plan" in request.POST:
        return _write(request)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            planned = plan_import(
                _rows(form.cleaned_data["file"]),
                by=actor_of(request),
                at=timezone.now(),
                clocks=_clocks(),
            )
            return _preview(request, planned, form.cleaned_data["file"].name)
        except Refused as refused:
            for error in refused.errors:
                named = f"{error.pointer}: " if error.pointer else ""
                form.add_error("file", f"{named}{for_people(error.detail)}")
    return page(
        request,
        "promotions/admin/import.html",
        title="Import promotions",
        form=form,
        button="See what would change",
        back=_list_url(),
        most=f"{MOST_ROWS:,}",
        zone=organisation_zone().key,
        columns=list(dict.fromkeys(known_headings().values())),
    )


def _rows(file: Any) -> Iterator[Row]:
    names = known_headings()
    if is_workbook(file):
        most_columns = len(set(names.values())) + _SPARE_COLUMNS
        lines = read_workbook(file, most_rows=MOST_ROWS, most_columns=most_columns)
        return rows_of(lines, columns=names, required=())
    return read_rows(file, columns=names, required=())


def _preview(request: HttpRequest, planned: list[Planned], name: str) -> HttpResponse:
    kinds = {
        kind: [one for one in planned if one.kind == kind]
        for kind in ("refused", "new", "changed", "unchanged")
    }
    writes = written(planned)
    plan = ""
    if writes and not kinds["refused"]:
        sent = {"by": request.user.pk, "name": uuid4().hex, "rows": writes}
        plan = signing.dumps(sent, salt=_SALT, compress=True)
        if len(plan) > _MOST_SENT:
            raise refuse("payload_too_large", "The file changes too much at once. Send fewer rows.")
    return page(
        request,
        "promotions/admin/import_preview.html",
        title=f"Import promotions: {name}",
        counts={kind: len(rows) for kind, rows in kinds.items()},
        refused=kinds["refused"][:MOST_SHOWN],
        new=kinds["new"][:MOST_SHOWN],
        changed=kinds["changed"][:MOST_SHOWN],
        most=MOST_SHOWN,
        plan=plan,
        writes=len(writes),
        back=reverse("admin:promotions_promotion_import"),
        list_url=_list_url(),
    )


def _write(request: HttpRequest) -> HttpResponse:
    again = HttpResponseRedirect(reverse("admin:promotions_promotion_import"))
    try:
        sent = signing.loads(request.POST["plan"], salt=_SALT, max_age=_VALID_FOR)
    except signing.BadSignature:
        messages.error(request, "This preview is too old. Send the file again.")
        return again
    if sent["by"] != request.user.pk:
        raise PermissionDenied
    try:
        done = write_import(
            sent["rows"], name=sent["name"], by=actor_of(request), at=timezone.now()
        )
    except Refused as refused:
        said = " ".join(for_people(line) for line in explained(refused.errors)[:10])
        messages.error(request, f"Nothing was written. {said or in_words(refused)}")
        return again
    if done is None:
        messages.info(request, "This was written already.")
    else:
        messages.success(request, f"{done[0]:,} promotions made, {done[1]:,} changed.")
    return HttpResponseRedirect(_list_url())


def _clocks() -> Clocks:
    return Clocks(organisation_zone(), today())


def _list_url() -> str:
    return reverse("admin:promotions_promotion_changelist")


def urls(view: Callable[..., Any]) -> list[URLPattern]:
    """These pages; ``view`` lets nobody in but the staff."""
    return [
        path("export/<str:kind>/", view(export_page), name="promotions_promotion_export"),
        path("import/", view(import_page), name="promotions_promotion_import"),
    ]
