"""The paths of the older bulk calls: each with and without a slash at its end."""

from typing import Final

from django.urls import URLPattern, re_path
from rest_framework.views import APIView

from promotions.http.routing import NUMBER
from promotions.sobjects.views import batched

_START: Final = rf"^services/async/(?P<version>{NUMBER})"
_JOB: Final = r"job/(?P<job_id>[^/]+)"
_BATCH: Final = rf"{_JOB}/batch/(?P<batch_id>[^/]+)"


def _path(below: str, view: type[APIView]) -> URLPattern:
    return re_path(rf"{_START}/{below}/?$", view.as_view())


urlpatterns = [
    _path("job", batched.JobsView),
    _path(_JOB, batched.JobView),
    _path(rf"{_JOB}/batch", batched.BatchesView),
    _path(_BATCH, batched.BatchView),
    _path(rf"{_BATCH}/request", batched.RequestView),
    _path(rf"{_BATCH}/result", batched.ResultsView),
    _path(rf"{_BATCH}/result/(?P<result_id>[^/]+)", batched.ResultView),
    re_path(r"^services/async(?:/|$)", batched.UnknownPathView.as_view()),
]
