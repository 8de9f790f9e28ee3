"""The paths of what tells clients what there is; they come before those of records, which they look
like."""

from promotions.sobjects.routing import NAME, data_path
from promotions.sobjects.views import describe

_DESCRIBE = rf"sobjects/{NAME}/describe"

urlpatterns = [
    data_path("sobjects", describe.GlobalView),
    data_path(rf"sobjects/{NAME}", describe.ObjectInfoView),
    data_path(_DESCRIBE, describe.DescribeView),
    data_path(rf"{_DESCRIBE}/layouts", describe.LayoutsView),
    data_path(rf"{_DESCRIBE}/layouts/(?P<record_type>[^/]+)", describe.LayoutView),
    data_path(rf"{_DESCRIBE}/namedLayouts/(?P<layout>[^/]+)", describe.NamedLayoutView),
    data_path(rf"{_DESCRIBE}/compactLayouts", describe.CompactLayoutsView),
    data_path(rf"{_DESCRIBE}/approvalLayouts", describe.ApprovalLayoutsView),
    data_path("compactLayouts", describe.SeveralCompactLayoutsView),
]
