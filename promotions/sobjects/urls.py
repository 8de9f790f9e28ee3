"""The paths of this surface."""

from promotions.sobjects.bulk_urls import urlpatterns as bulk
from promotions.sobjects.describe_urls import urlpatterns as describing
from promotions.sobjects.interface_urls import urlpatterns as interface
from promotions.sobjects.many_urls import urlpatterns as many
from promotions.sobjects.routing import NAME, data_path
from promotions.sobjects.views import query, records, search

RECORD = r"(?P<record_id>[^/]+)"
FIELD = r"(?P<field>[A-Za-z][A-Za-z0-9_.]*)"

urlpatterns = [
    # What is asked for most stands first, what is more specific before the rest.
    data_path("query", query.QueryView),
    data_path("query(?:[Aa]ll)?/(?P<locator>[^/]+)", query.MoreView),
    data_path("query[Aa]ll", query.QueryAllView),
    data_path("search", search.SearchView),
    data_path("parameterized[Ss]earch", search.ParameterizedSearchView),
    *describing,
    *many,
    *interface,
    *bulk,
    data_path(rf"sobjects/{NAME}/{RECORD}/actions/undelete", records.UndeleteView),
    data_path(rf"sobjects/{NAME}/[Ii][Dd]", records.CreateView),
    data_path(rf"sobjects/{NAME}/{RECORD}", records.RecordView),
    data_path(rf"sobjects/{NAME}/{FIELD}/(?P<value>.+?)", records.LookupView),
]
