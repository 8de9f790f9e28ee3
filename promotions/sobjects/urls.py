"""The paths of this surface: each with and without a slash at its end, and never a redirect, which
existing clients follow without their body (the client contract, 0.1)."""

from django.urls import re_path
from rest_framework.views import APIView

from promotions.http.versions import VERSION
from promotions.sobjects.views import bulk, records

NAME = r"(?P<name>[A-Za-z][A-Za-z0-9_]*)"
RECORD = r"(?P<record_id>[^/]+)"
FIELD = r"(?P<field>[A-Za-z][A-Za-z0-9_.]*)"


def data_path(below: str, view: type[APIView]) -> object:
    """A path below that of a version; ``below`` is a part of a regular expression."""
    return re_path(rf"^services/data/{VERSION}/{below}/?$", view.as_view())


JOB = r"(?P<job_id>[^/]+)"
# In any case of letters: existing clients write it in two ways.
RESULTS = r"(?P<which>(?i:successfulResults|failedResults|unprocessedRecords))"

urlpatterns = [
    # What is more specific comes first.
    data_path(rf"sobjects/{NAME}/{RECORD}/actions/undelete", records.UndeleteView),
    data_path(rf"sobjects/{NAME}(?:/[Ii][Dd])?", records.CreateView),
    data_path(rf"sobjects/{NAME}/{RECORD}", records.RecordView),
    data_path(rf"sobjects/{NAME}/{FIELD}/(?P<value>.+?)", records.LookupView),
    data_path(r"jobs/ingest", bulk.IngestJobsView),
    data_path(rf"jobs/ingest/{JOB}", bulk.IngestJobView),
    data_path(rf"jobs/ingest/{JOB}/batches", bulk.BatchesView),
    data_path(rf"jobs/ingest/{JOB}/{RESULTS}", bulk.ResultsView),
]
