"""What each worker process of the server does before it serves."""

import os
import signal

from config.chunked import WSGIApplication


def worker_application() -> WSGIApplication:
    """The application, in a process that is ready to be stopped.

    Ctrl-C goes to every process of the terminal's group, and the main process tells its workers to
    stop as well: a worker with threads that is told twice hangs (granian 2.8). So workers leave
    the group. Until they serve, they stop at once; they begin with the main process's handlers,
    which would do nothing here.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    os.setpgid(0, 0)

    from config.wsgi import application

    return application
