"""``python -m config.service``, what ``bin/serve`` becomes: the servers and the worker for jobs."""

import logging
import os
import socket
import sys
from argparse import ArgumentParser, Namespace
from functools import partial

from config.logs import JSONFormatter
from config.supervision import Program, supervise


def main() -> None:
    """Serves until told to stop; ends with status 1 where it can't begin to."""
    options = _options()
    console = logging.StreamHandler()
    console.setFormatter(JSONFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[console])
    if not supervise(_programs(options), partial(_is_listening, options.host, options.port)):
        sys.exit("The server can't be started; the reason is above.")


def _programs(options: Namespace) -> list[Program]:
    # A server with a single worker each, where the system lets servers share a port: one that dies
    # takes nothing down with it. Elsewhere it is one server that has all workers.
    servers = options.workers if sys.platform == "linux" else 1
    with_parent = ("--with-parent", str(os.getpid()))
    serve = [
        *(sys.executable, "-m", "config.server", *with_parent),
        *("--host", options.host, "--port", str(options.port), "--threads", str(options.threads)),
        *("--workers", str(options.workers // servers)),
        *(["--access-log"] if options.access_log else []),
        *(["--tls", options.tls] if options.tls else []),
    ]
    programs = [
        Program(f"server {number} of {servers}", serve, serves=True)
        for number in range(1, servers + 1)
    ]
    if options.enrollment_jobs:
        run_jobs = (sys.executable, "manage.py", "run_enrollment_jobs", *with_parent)
        programs.append(Program("the worker for enrollment jobs", run_jobs))
    return programs


def _is_listening(host: str, port: int) -> bool:
    """Whether a server has loaded the application: only then does it listen."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _options() -> Namespace:
    parser = ArgumentParser(prog="python -m config.service", description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=_at_least_one, required=True, help="processes that serve")
    parser.add_argument("--threads", type=_at_least_one, required=True, help="in each of them")
    parser.add_argument("--access-log", action="store_true", help="a line per request")
    parser.add_argument("--tls", metavar="DIRECTORY", help="by HTTPS; config/certificates.py")
    parser.add_argument("--enrollment-jobs", action="store_true", help="run them as well")
    return parser.parse_args()


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    main()
