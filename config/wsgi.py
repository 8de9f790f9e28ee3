"""The WSGI application that the server runs."""

import os

from django.core.wsgi import get_wsgi_application

from config.chunked import accept_chunked_bodies
from config.connections import end_connections_with_threads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = end_connections_with_threads(accept_chunked_bodies(get_wsgi_application()))
