"""Whether the process lives and whether it can serve."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all; touches nothing."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has every migration; else 503 with what is missing."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    if missing:
        answer = {"status": "unavailable", "database": "ok", "migrations": len(missing)}
        return JsonResponse(answer, status=503)
    return JsonResponse({"status": "ok", "database": "ok", "migrations": "complete"})
