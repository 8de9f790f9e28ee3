"""The paths of what clients draw their own pages from; they come before those of records, which
they look like."""

from promotions.sobjects.routing import NAME, data_path
from promotions.sobjects.views import list_views, tabs

_LIST_VIEWS = rf"sobjects/{NAME}/listviews"
_LIST_VIEW = rf"{_LIST_VIEWS}/(?P<list_view>[^/]+)"

urlpatterns = [
    data_path("tabs", tabs.TabsView),
    data_path("theme", tabs.ThemeView),
    data_path(_LIST_VIEWS, list_views.ListViewsView),
    data_path(_LIST_VIEW, list_views.ListViewView),
    data_path(f"{_LIST_VIEW}/describe", list_views.DescribeListViewView),
    data_path(f"{_LIST_VIEW}/results", list_views.ListViewResultsView),
]
