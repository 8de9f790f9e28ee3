#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)  # as shells say it; what there was to say has been said
    except ImproperlyConfigured as error:
        sys.exit(str(error))  # a bad setting: the sentence is all there is to say
    except (OperationalError, ProgrammingError) as error:
        reason = str(error).splitlines()[0]
        is_unprepared = "no such table" in reason or "does not exist" in reason
        if not is_unprepared or "--traceback" in sys.argv:
            raise
        sys.exit(
            f"The database can't be used as it is: {reason}. Name the one that the server uses, by "
            "DATABASE_URL or DATA_DIR, or prepare it: manage.py migrate."
        )
