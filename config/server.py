"""``python -m config.server``: a server, and what each of its worker processes does first."""

import multiprocessing
import os
import signal
import socket
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces, SSLProtocols
from granian.log import LogLevels

from config.certificates import CERTIFICATE, KEY
from config.chunked import WSGIApplication
from promotions.processes import end_with_parent, spare_collector


def main() -> None:
    """Serves until SIGTERM or until its parent is gone; ends when a worker process does, for
    ``config/supervision.py`` to start it again: granian would do that as well, but not twice in
    five seconds. It warns where it has more threads than cores, which is meant: they wait for the
    database. Threads that have nothing to do live for ten minutes, because their connections and
    prepared statements end with them.
    """
    parser = ArgumentParser(prog="python -m config.server")
    parser.add_argument("--with-parent", type=int, required=True, metavar="PID")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--access-log", action="store_true")
    parser.add_argument("--tls", type=Path, metavar="DIRECTORY")
    options = parser.parse_args()
    end_with_parent(options.with_parent)
    # granian knows no names. The first, as bin/serve has tried.
    [*_, (address, *_)], *_ = socket.getaddrinfo(
        options.host, options.port, type=socket.SOCK_STREAM
    )
    Granian(
        "config.server:worker_application",
        factory=True,
        address=str(address),
        port=options.port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=options.workers,
        blocking_threads=options.threads,
        blocking_threads_idle_timeout=600,
        workers_kill_timeout=10,
        log_level=LogLevels.error,
        log_access=options.access_log,
        ssl_cert=options.tls and options.tls / CERTIFICATE,
        ssl_key=options.tls and options.tls / KEY,
        ssl_protocol_min=SSLProtocols.tls12,  # what older clients have
    ).serve()


def worker_application() -> WSGIApplication:
    """The application, in a process that is ready to be stopped, with all that it loads.

    Until it serves, it stops at once; it begins with the main process's handlers, which would do
    nothing here. When the main process is killed, it ends, and the port with it.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    if server := multiprocessing.parent_process():
        end_with_parent(server.pid or os.getppid(), signal.SIGKILL)

    from config.wsgi import application

    import_module(settings.ROOT_URLCONF)  # the first call would do it
    spare_collector()
    return application


if __name__ == "__main__":
    main()
