"""Reads a page as its reader does, in the order of the page: variables are set, commands run, calls
sent, and what the page says to put into a variable is put there."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.test import Client

from tests.commands.running import output_of
from tests.docs.curl import read_curl

_BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$(.*?)(?=^```|\Z)", re.MULTILINE | re.DOTALL)
_ASSIGNMENT: Final = re.compile(r"([A-Z_]+)=(.+)")
_TO_KEEP: Final = re.compile(r"[Pp]ut (?:the|its) `(\w+)`[^`]*? into\s`([A-Z_]+)`")


def texts_of(page: str, language: str) -> list[str]:
    """What stands in the page's blocks of a language."""
    return [text for name, text, _ in _BLOCK.findall(page) if name == language]


@dataclass
class Reader:
    """What was set, printed and answered while the page was read, in the current directory."""

    page: str
    client: Client
    known: dict[str, str] = field(default_factory=dict)
    printed: list[str] = field(default_factory=list)
    """By commands of the service."""
    answers: list[Any] = field(default_factory=list)

    def read(self) -> None:
        for language, block, behind in _BLOCK.findall(self.page):
            if language == "sh":
                for line in _lines(block):
                    self._do(line)
                for name, variable in _TO_KEEP.findall(behind):
                    self.known[variable] = _value_of(self.answers[-1].json(), name)

    def _do(self, line: str) -> None:
        if assignment := _ASSIGNMENT.fullmatch(line):
            variable, value = assignment.groups()
            if value == "…":
                value = json.loads(self.printed[-1])[variable.lower()]
            self.known[variable] = value
        elif line.startswith("curl "):
            answer = read_curl(line, **self.known).send(self.client)
            assert answer.status_code < 300, (line, answer.content)
            self.answers.append(answer)
        elif "manage.py" in line:
            words = shlex.split(line)
            self.printed.append(output_of(*words[words.index("manage.py") + 1 :]))
        else:
            subprocess.run(["sh", "-euc", line], check=True, timeout=60)


def _lines(block: str) -> Iterator[str]:
    """The commands of a block: what is indented goes on with the line before."""
    yield from re.split(r"\n(?=\S)", block.strip())


def _value_of(answer: Any, name: str) -> str:
    """A property of an answer, or of all that it found."""
    if "results" in answer:
        (answer,) = answer["results"]
    return str(answer[name])
