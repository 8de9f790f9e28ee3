"""Commands that run beside the service, and how much memory they take."""

import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.processes import PYTHON, ROOT, children


@dataclass(frozen=True, slots=True)
class Done:
    seconds: float
    peak_bytes: int
    """The most memory that the process and its children held, each at its own highest."""
    output: str


class Command:
    """A management command in a process of its own, under way."""

    def __init__(self, variables: Mapping[str, str], *arguments: str) -> None:
        self._arguments = arguments
        # A file, as nobody reads a pipe while it runs.
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  # closed by wait
        self._begun = time.perf_counter()
        self.process = subprocess.Popen(
            [PYTHON, "manage.py", *arguments],
            cwd=ROOT,
            env=dict(variables),
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        self._peaks: dict[int, int] = {}
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._watching.start()

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def wait(self) -> Done:
        """What came of it; leaves with the command's own words where it failed."""
        status = self.process.wait()
        seconds = time.perf_counter() - self._begun
        self._watching.join()
        self._output.seek(0)
        output = self._output.read().decode()
        self._output.close()
        if status:
            raise SystemExit(f"manage.py {' '.join(self._arguments)} failed:\n{output}")
        return Done(seconds, sum(self._peaks.values()), output)

    def _watch(self) -> None:
        # The kernel keeps each process's highest; it is asked until there is none left.
        while self.is_running:
            for pid in _family(self.process.pid):
                self._peaks[pid] = max(self._peaks.get(pid, 0), _peak(pid))
            time.sleep(0.05)


def _family(pid: int) -> list[int]:
    return [pid, *(found for child in children(pid) for found in _family(child))]


def _peak(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)
