"""The WSGI application that the server runs."""

import os

from django.core.wsgi import get_wsgi_application

from config.chunked import accept_chunked_bodies
from config.connections import end_connections_with_threads
from config.content_types import doubt_content_types

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = end_connections_with_threads(
    accept_chunked_bodies(doubt_content_types(get_wsgi_application()))
)
