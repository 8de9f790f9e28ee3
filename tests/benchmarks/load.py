"""A load generator: one process, many connections, each with one request under way at a time.

As little work per request as possible, because it shares the machine with what it measures:
requests are finished bytes, answers are read for their status and length only.
"""

import gc
import select
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_READ = 1 << 18


@dataclass(slots=True)
class Load:
    """What came of a load."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    """In seconds, of the answers that came in time, sorted."""
    statuses: Counter[int] = field(default_factory=Counter)
    """Of all answers, also those that came after the time was over."""
    bad: list[bytes] = field(default_factory=list)
    """The first answers with another status than the expected one."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency, in seconds, that ``share`` (0 to 1) of the answers did not exceed."""
        if not self.latencies:
            return float("nan")
        return self.latencies[min(int(share * len(self.latencies)), len(self.latencies) - 1)]


class _Connection:
    """One connection and the answer that it is waiting for."""

    __slots__ = ("received", "sent", "socket", "waiting_to_send")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.received = b""
        self.sent = 0.0
        self.waiting_to_send = b""

    def send(self, request: bytes, poll: select.epoll) -> None:
        self.sent = time.perf_counter()
        self.waiting_to_send = request
        self.go_on_sending(poll)

    def go_on_sending(self, poll: select.epoll) -> None:
        """Sends what the socket takes; the rest when it is ready for more."""
        try:
            count = self.socket.send(self.waiting_to_send)
        except BlockingIOError:
            count = 0
        whole = count == len(self.waiting_to_send)
        self.waiting_to_send = b"" if whole else self.waiting_to_send[count:]
        if not whole:
            poll.modify(self.socket.fileno(), select.EPOLLIN | select.EPOLLOUT)

    def receive(self) -> bytes | None:
        """The whole answer once it is there; raises ``ConnectionError`` where it never will be."""
        data = self.socket.recv(_READ)
        if not data:
            raise ConnectionError("the server closed a connection")
        answer = self.received + data if self.received else data
        if is_whole(answer):
            self.received = b""
            return answer
        self.received = answer
        return None


def run(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int = 32,
    seconds: float,
    expected: int = 201,
) -> Load:
    """Sends ``requests`` to the server on ``port``, for so many seconds or until none is left.

    Answers that come after that are waited for, and counted in ``statuses`` only.
    """
    load = Load()
    queue = iter(requests)
    everyone = [_Connection(port) for _ in range(connections)]
    by_number = {one.socket.fileno(): one for one in everyone}
    gc.collect()
    gc.disable()
    try:
        with select.epoll() as poll:
            for number in by_number:
                poll.register(number, select.EPOLLIN)
            _drive(load, queue, by_number, poll, seconds, expected)
    finally:
        gc.enable()
        for one in everyone:
            one.socket.close()
    load.latencies.sort()
    return load


def _drive(
    load: Load,
    queue: Iterator[bytes],
    by_number: dict[int, _Connection],
    poll: select.epoll,
    seconds: float,
    expected: int,
) -> None:
    clock = time.perf_counter
    good = b"HTTP/1.1 %d" % expected
    latencies, statuses = load.latencies, load.statuses
    begun = clock()
    deadline = begun + seconds
    busy = 0
    for one in by_number.values():
        if (request := next(queue, None)) is not None:
            one.send(request, poll)
            busy += 1
    ended = begun
    while busy:
        events = poll.poll(60)
        if not events:
            raise TimeoutError("no answer for a minute")
        for number, event in events:
            one = by_number[number]
            if event & select.EPOLLOUT:
                poll.modify(number, select.EPOLLIN)
                one.go_on_sending(poll)
            if not event & ~select.EPOLLOUT:
                continue
            answer = one.receive()
            if answer is None:
                continue
            now = clock()
            if now < deadline:
                latencies.append(now - one.sent)
                ended = now
            if answer.startswith(good):
                statuses[expected] += 1
            else:
                statuses[int(answer[9:12])] += 1
                if len(load.bad) < 5:
                    load.bad.append(answer)
            request = next(queue, None) if now < deadline else None
            if request is None:
                busy -= 1
            else:
                one.send(request, poll)
    load.seconds = min(ended - begun, seconds)


def is_whole(answer: bytes) -> bool:
    """Whether an HTTP/1.1 answer is complete, by its length or its last chunk."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = answer[:end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        stop = head.find(b"\r\n", at + 17)
        length = int(head[at + 17 : stop if stop >= 0 else end])
        return len(answer) >= end + 4 + length
    return answer.endswith(b"\r\n0\r\n\r\n")
