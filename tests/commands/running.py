"""Running a management command and reading what it prints."""

from io import StringIO
from typing import Any

from django.core.management import call_command


def output_of(command: str, *args: str, **options: Any) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()
