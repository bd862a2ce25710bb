"""A load generator that costs little: raw HTTP over kept connections, at a rate or as fast as answers come."""

from __future__ import annotations

import asyncio
import gc
import itertools
import random
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import uvloop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PATIENCE_SECONDS, POLL_SECONDS = 10.0, 0.01


@dataclass
class Result:
    """What came back."""

    seconds: float
    latencies_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.latencies_ms) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self, done: Callable[[Connection, bytes, bytes], None]) -> None:
        self._done = done
        self._got = b""
        self.transport: asyncio.Transport | None = None
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own is no subclass of it

    def send(self, request: bytes, began: float) -> None:
        assert self.transport is not None
        self.began, self._got = began, b""
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, mark, body = self._got.partition(b"\r\n\r\n")
        if not mark:
            return
        length = int(head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        if len(body) >= length:
            self._done(self, head, body)


def request_of(path: str, body: bytes, token: str, port: int) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def drive(
    port: int, requests: Sequence[bytes], *, seconds: float, rate: float | None, connections: int, keep: bool = False
) -> Result:
    """Send for so long: at a rate, arrivals being independent of answers, or one after the other on each connection."""
    return uvloop.run(_drive(port, requests, seconds=seconds, rate=rate, connections=connections, keep=keep))


async def _drive(
    port: int, requests: Sequence[bytes], *, seconds: float, rate: float | None, connections: int, keep: bool
) -> Result:
    loop = asyncio.get_running_loop()
    load = Load(requests, seconds, repeats=rate is None, keep=keep)
    for _ in range(connections):
        _, connection = await loop.create_connection(lambda: Connection(load.done), "127.0.0.1", port)
        load.idle.append(connection)
    gc.collect()
    gc.freeze()
    begin = time.perf_counter()
    load.end = begin + seconds
    if rate is None:
        while load.idle:
            load.fly(load.idle.popleft(), time.perf_counter())
        await asyncio.sleep(seconds)
    else:
        luck, at = random.Random(1), begin
        while at < load.end:
            at += luck.expovariate(rate)
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            load.arrive(at)
    for _ in range(int(PATIENCE_SECONDS / POLL_SECONDS)):
        if load.flying:
            await asyncio.sleep(POLL_SECONDS)
    load.result.errors += ["no answer"] * load.flying
    return load.result


class Load:
    """Requests in turn over the connections that are idle; who finds none waits, and the wait is counted."""

    def __init__(self, requests: Sequence[bytes], seconds: float, *, repeats: bool, keep: bool) -> None:
        self.result, self.late = Result(seconds), deque[float]()
        self.idle = deque[Connection]()  # the longest idle goes first: a server closes what is idle for long
        self.flying, self.end = 0, 0.0
        self._turns, self._repeats, self._keep = itertools.cycle(requests), repeats, keep

    def arrive(self, at: float) -> None:
        if self.idle:
            self.fly(self.idle.popleft(), at)
        else:
            self.late.append(at)

    def fly(self, connection: Connection, began: float) -> None:
        self.flying += 1
        connection.send(next(self._turns), began)

    def done(self, connection: Connection, head: bytes, body: bytes) -> None:
        now = time.perf_counter()
        self.flying -= 1
        if head.startswith(b"HTTP/1.1 200"):
            self.result.latencies_ms.append((now - connection.began) * 1_000)
            if self._keep:
                self.result.bodies.append(body)
        else:
            self.result.errors.append((head.split(b"\r\n", 1)[0] + b" " + body[:200]).decode())
        if self.late:
            self.fly(connection, self.late.popleft())
        elif self._repeats and now < self.end:
            self.fly(connection, now)
        else:
            self.idle.append(connection)
