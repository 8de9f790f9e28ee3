"""The WSGI application that the server runs."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler

from config.chunked import accept_chunked_bodies
from config.connections import end_connections_with_threads
from config.content_types import Request, doubt_content_types
from config.gzipped import accept_gzip
from config.lingering import hear_them_out
from config.paths import begin_with_one_slash

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class _Handler(WSGIHandler):
    request_class = Request


django.setup(set_prefix=False)
application = end_connections_with_threads(
    hear_them_out(
        begin_with_one_slash(accept_chunked_bodies(accept_gzip(doubt_content_types(_Handler()))))
    )
)
