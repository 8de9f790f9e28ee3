"""Reads the curl lines that we print and document, so that tests can send what they say."""

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.test import Client


@dataclass
class Call:
    """What a curl line sends."""

    method: str = ""
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        return "&".join(self.data)

    def send(self, client: Client) -> Any:
        """Sends it, whatever its host, to the service under test."""
        path = "/" + self.url.split("/", 3)[3]
        form = "application/x-www-form-urlencoded"
        content_type = self.headers.get("Content-Type", form)
        return client.generic(
            self.method, path, self.body, content_type=content_type, headers=self.headers
        )


def printed_calls(printed: str) -> list[Call]:
    """The calls among what a command prints."""
    return [read_curl(line) for line in printed.splitlines() if line.startswith("curl")]


def read_curl(line: str, **variables: str) -> Call:
    """The call that ``line`` makes where ``$NAME`` stands for ``variables["NAME"]``.

    Knows the options that we use: ``-X``, ``-H``, ``-d``, ``--data-urlencode``, ``--data-binary``
    with a file, and ``-G``.
    """
    for name in sorted(variables, key=len, reverse=True):
        line = line.replace(f"${name}", variables[name])
    words = iter(shlex.split(line.replace("\\\n", " ")))
    assert next(words) == "curl"
    call, in_query = Call(), False
    for word in words:
        match word:
            case "-X":
                call.method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                call.headers[name] = value
            case "-d":
                call.data.append(next(words))
            case "--data-binary":
                call.data.append(Path(next(words).removeprefix("@")).read_text())
            case "--data-urlencode":
                name, _, value = next(words).partition("=")
                call.data.append(urlencode({name: value}, quote_via=quote))
            case "--cacert":
                next(words)
            case "-G":
                in_query = True
            case _:
                assert not word.startswith("-"), word
                assert not call.url, word
                call.url = word
    assert "$" not in call.url + call.body + "".join(call.headers.values()), line
    if in_query:
        call.url, call.data = f"{call.url}?{call.body}", []
    call.method = call.method or ("POST" if call.data else "GET")
    return call
