"""What there is: objects, their fields, their layouts.

Source: the client contract, section 2: describeGlobal, basic info, describeSObjects,
describeLayout; and "honour If-Modified-Since".
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.http import http_date, parse_http_date_safe
from rest_framework.request import Request
from rest_framework.response import Response

from promotions.http.authentication import token_of
from promotions.sobjects import layouts
from promotions.sobjects.declare import SObject, require_read, sobject
from promotions.sobjects.describe import MASTER_RECORD_TYPE, basic_info, describe, describe_global
from promotions.sobjects.errors import CallFailed, Problem, not_found
from promotions.sobjects.recent import recent_items
from promotions.sobjects.views.base import DataView, ObjectView
from promotions.sobjects.views.records import CreateView

MOST_LAYOUTS: Final = 100
_STARTED: Final = timezone.now()
"""When this process loaded the code and the settings: what is told can't have changed since.

Other processes started at other moments. That is safe: what was told last before a change is older
than every process that knows of the change. It only costs that, after a start, a client is told
everything once more, at most as often as there are processes.
"""


class DescribingView(DataView):
    """Base of the views that tell what hardly ever changes."""

    def unless_known(self, tell: Callable[[], Any]) -> Response:
        """What ``tell`` says; nothing (304) where the caller has it since the last change."""
        changed = int(self.changed.timestamp())
        headers = {"Last-Modified": http_date(changed)}
        known = parse_http_date_safe(self.request.headers.get("If-Modified-Since", ""))
        if known is not None and changed <= known:
            return Response(status=304, headers=headers)
        return Response(tell(), headers=headers)

    @property
    def changed(self) -> datetime:
        """Since when nothing else would have been told: what one may do depends on one's token."""
        return max(_STARTED, token_of(self.request).issued)


class GlobalView(DescribingView):
    """``sobjects``: describeGlobal."""

    def get(self, request: Request, **path: str) -> Response:
        return self.unless_known(lambda: describe_global(self.actor, self.version))


class ObjectInfoView(CreateView):
    """``sobjects/<name>``: an object in short, with the records viewed last. Also creates."""

    def get(self, request: Request, **path: str) -> Response:
        recent = recent_items(self.sobject, by=self.actor, version=self.version)
        return Response(basic_info(self.sobject, self.actor, self.version, recent))


class DescribeView(DescribingView, ObjectView):
    """``sobjects/<name>/describe``: describeSObjects."""

    def get(self, request: Request, **path: str) -> Response:
        return self.unless_known(lambda: describe(self.sobject, self.actor, self.version))


class _LayoutView(DescribingView, ObjectView):
    """Base of the views of layouts, which only some objects have."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.sobject.layoutable:
            raise not_found()


class LayoutsView(_LayoutView):
    """``…/describe/layouts``: describeLayout."""

    def get(self, request: Request, **path: str) -> Response:
        return self.unless_known(
            lambda: layouts.describe_layouts(self.sobject, self.actor, self.version)
        )


class LayoutView(_LayoutView):
    """``…/describe/layouts/<recordTypeId>``: there is one record type."""

    def get(self, request: Request, **path: str) -> Response:
        if path["record_type"] not in (MASTER_RECORD_TYPE, MASTER_RECORD_TYPE[:15]):
            raise not_found()
        return self.unless_known(lambda: layouts.describe_layout(self.sobject, self.actor))


class NamedLayoutView(LayoutsView):
    """``…/describe/namedLayouts/<name>``: the same layouts under another name."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if kwargs["layout"].lower() not in map(str.lower, self.sobject.named_layouts):
            raise not_found()


class CompactLayoutsView(_LayoutView):
    """``…/describe/compactLayouts``."""

    def get(self, request: Request, **path: str) -> Response:
        return self.unless_known(
            lambda: layouts.describe_compact_layouts(self.sobject, self.actor, self.version)
        )


class ApprovalLayoutsView(_LayoutView):
    """``…/describe/approvalLayouts``."""

    def get(self, request: Request, **path: str) -> Response:
        return self.unless_known(layouts.describe_approval_layouts)


class SeveralCompactLayoutsView(DescribingView):
    """``compactLayouts?q=Account,Contact``."""

    def get(self, request: Request, **path: str) -> Response:
        names = [
            name for name in map(str.strip, request.query_params.get("q", "").split(",")) if name
        ]
        if not 0 < len(names) <= MOST_LAYOUTS:
            message = f"Name 1 to {MOST_LAYOUTS} objects, such as ?q=Account,Contact."
            raise CallFailed(Problem("INVALID_INPUT", message))
        found = [self._layoutable(name) for name in names]
        return self.unless_known(
            lambda: {one.name: layouts.compact_layout(one, self.actor) for one in found}
        )

    def _layoutable(self, name: str) -> SObject:
        one = sobject(name)
        if one is None or not one.layoutable:
            message = f"There is no object {name[:80]} that has layouts."
            raise CallFailed(Problem("INVALID_TYPE", message))
        require_read(one, self.actor)
        return one
