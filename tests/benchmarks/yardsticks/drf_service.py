"""The idiomatic view's project, as a server wants it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.yardsticks.drf_settings"
application = get_wsgi_application()
