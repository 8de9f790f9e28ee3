"""``python -m tests.fuzzing``: random queries and searches asked of the service as it runs in
production, by three kinds of callers at once. Ends with 1 where any answer isn't as it should be.
"""

import argparse
import re
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

import httpx

from tests.benchmarks.postgres import new_database
from tests.benchmarks.report import say
from tests.benchmarks.service import Service, new_token, running_service, use_models
from tests.fuzzing.calls import Call, next_page, problem

CALLERS = {
    "all scopes": (
        *("promotions:read", "promotions:write", "promotions:all"),
        *("customers:read", "customers:write", "enrollments:read", "enrollments:write"),
    ),
    "bound to shares": (
        *("promotions:read", "promotions:write", "customers:read", "enrollments:read"),
    ),
    "few scopes": ("promotions:read",),
}
_SHARED = 20
"""Promotions of the caller that is bound to shares."""
_PATIENCE = 60.0
"""Seconds until a caller gives up."""
_SHOWN = 2000
"""Letters of a call."""
_LOGGED = 10_000
"""Letters of the service's log: several errors, as deep as they come."""


@dataclass
class Findings:
    """What came of the calls of all callers."""

    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    """Of errors."""
    wrong: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    findings = Findings()
    with _service(options.database) as service:
        say("Making records")
        use_models(service.variables)
        tokens = {
            name: new_token(service.port, service.variables, scopes)
            for name, scopes in CALLERS.items()
        }
        _load(service, options.rounds, tokens["bound to shares"])
        say(f"Asking for {options.minutes:g} minutes, seed {options.seed}")
        _ask(service, tokens, options, findings)
        log = service.log.read_text()
        if (begins := log.find("Traceback")) >= 0:
            # The first one, and the line above it that says of which call it is.
            begins = log.rfind("\n", 0, max(0, begins - 1)) + 1
            findings.wrong.append(
                f"The service's log has errors:\n{log[begins : begins + _LOGGED]}"
            )
    sys.stdout.write(_report(findings, options))
    sys.exit(1 if findings.wrong else 0)


@contextmanager
def _service(database: str) -> Iterator[Service]:
    with ExitStack() as stack:
        url = None if database == "sqlite" else stack.enter_context(new_database()).url
        yield stack.enter_context(
            running_service(
                url,
                PROMOTION_SHARING="private",
                COMMERCE_FIELDS="1",
                CURRENCIES="CHF,EUR",
                LOG_LEVEL="WARNING",
            )
        )


def _load(service: Service, rounds: int, token: str) -> None:
    """Some thousand records; on PostgreSQL also customers and enrollments of the benchmarks."""
    if url := service.variables.get("DATABASE_URL"):
        import psycopg

        from tests.benchmarks import dataset

        with psycopg.connect(url, autocommit=True) as connection:
            size = dataset.Size(contacts=5_000, promotions=200, enrollments=20_000)
            dataset.load(connection, size)
    from tests.fuzzing.data import make_specimens

    make_specimens(rounds)
    for number in range(_SHARED):
        httpx.post(
            f"{service.url}/services/data/v59.0/sobjects/Promotion",
            json={"Name": f"Own {number}"},
            headers={"Authorization": f"Bearer {token}"},
        ).raise_for_status()


def _ask(
    service: Service, tokens: dict[str, str], options: argparse.Namespace, findings: Findings
) -> None:
    until = time.monotonic() + 60 * options.minutes
    threads = [
        threading.Thread(
            target=_caller,
            args=(service, name, token, place, options, until, findings),
            daemon=True,
        )
        for place, (name, token) in enumerate(tokens.items())
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        threads[0].join(timeout=30)
        for thread in threads[1:]:
            if not threads[0].is_alive():
                thread.join()
        _tell(findings)


def _caller(
    service: Service,
    name: str,
    token: str,
    place: int,
    options: argparse.Namespace,
    until: float,
    findings: Findings,
) -> None:
    from tests.fuzzing.cases import case  # needs the service's models

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    number = options.start + place
    connection = HTTPConnection("127.0.0.1", service.port, timeout=_PATIENCE)
    while time.monotonic() < until:
        call: Call | None = case(options.seed, number)
        while call is not None:
            begun = time.monotonic()
            content = call.content if call.body is not None else None
            try:
                connection.request(call.method, call.path, content, {**headers, **call.headers})
                answer = connection.getresponse()
                status, body = answer.status, answer.read()
            except (OSError, HTTPException) as error:
                status, body = 599, repr(error).encode()
                connection.close()
            seconds = time.monotonic() - begun
            found = problem(call, status, body, seconds)
            with findings.lock:
                _note(findings, call, status, body, seconds)
                if found is not None:
                    said = body[:500].decode(errors="replace")
                    asked = f"{call.method} {_readable(call.text)[:_SHOWN]}"
                    where = f"call {number}, page {call.page}, {name}"
                    findings.wrong.append(f"{found}: {where}: {asked}\n  {said}")
                    say(findings.wrong[-1])
            call = next_page(call, body) if status == 200 else None
        number += len(CALLERS)
    connection.close()


def _readable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _note(findings: Findings, call: Call, status: int, body: bytes, seconds: float) -> None:
    findings.statuses[status] += 1
    if status != 200 and (code := re.search(rb'"errorCode":\s*"(\w+)"', body)):
        findings.codes[code[1].decode()] += 1
    slow = (seconds, _readable(call.text)[:600])
    findings.slowest = sorted([*findings.slowest, slow], reverse=True)[:5]


def _tell(findings: Findings) -> None:
    with findings.lock:
        seen = ", ".join(f"{s}: {n:,}" for s, n in sorted(findings.statuses.items()))
        slowest = findings.slowest[0][0] if findings.slowest else 0
        say(f"  {seen}; slowest {slowest:.2f} s; {len(findings.wrong)} wrong")


def _report(findings: Findings, options: argparse.Namespace) -> str:
    lines = [f"{n:,} {code}" for code, n in findings.codes.most_common()]
    lines += [f"{seconds:.2f} s: {text}" for seconds, text in findings.slowest]
    lines += findings.wrong
    calls = sum(findings.statuses.values())
    lines.append(
        f"{calls:,} calls on {options.database}, seed {options.seed} from {options.start}: "
        + (f"{len(findings.wrong)} wrong." if findings.wrong else "all as documented.")
    )
    return "\n".join([*lines, ""])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same calls again")
    parser.add_argument("--start", type=int, default=0, help="the number of the first call")
    parser.add_argument("--rounds", type=int, default=20, help="records made of each kind")
    return parser.parse_args()


if __name__ == "__main__":
    main()
