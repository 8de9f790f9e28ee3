"""The paths of bulk jobs."""

from typing import Final

from promotions.sobjects.routing import data_path
from promotions.sobjects.views import bulk

JOB: Final = r"(?P<job_id>[^/]+)"
RESULTS: Final = r"(?P<which>(?i:successfulResults|failedResults|unprocessedRecords))"
"""In any case of letters: existing clients write them in two ways."""

urlpatterns = [
    data_path(r"jobs/ingest", bulk.IngestJobsView),
    data_path(rf"jobs/ingest/{JOB}", bulk.IngestJobView),
    data_path(rf"jobs/ingest/{JOB}/batches", bulk.BatchesView),
    data_path(rf"jobs/ingest/{JOB}/{RESULTS}", bulk.ResultsView),
    data_path(r"jobs/query", bulk.QueryJobsView),
    data_path(rf"jobs/query/{JOB}", bulk.QueryJobView),
    data_path(rf"jobs/query/{JOB}/results", bulk.QueryResultsView),
]
