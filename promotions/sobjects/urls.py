"""The paths of this surface."""

from promotions.sobjects.describe_urls import urlpatterns as describing
from promotions.sobjects.routing import NAME, data_path
from promotions.sobjects.views import records

RECORD = r"(?P<record_id>[^/]+)"
FIELD = r"(?P<field>[A-Za-z][A-Za-z0-9_.]*)"

urlpatterns = [
    # What is more specific comes first.
    *describing,
    data_path(rf"sobjects/{NAME}/{RECORD}/actions/undelete", records.UndeleteView),
    data_path(rf"sobjects/{NAME}/[Ii][Dd]", records.CreateView),
    data_path(rf"sobjects/{NAME}/{RECORD}", records.RecordView),
    data_path(rf"sobjects/{NAME}/{FIELD}/(?P<value>.+?)", records.LookupView),
]
