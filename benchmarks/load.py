"""A load generator that costs little: raw HTTP over kept connections, at a rate or as fast as answers come."""

from __future__ import annotations

import asyncio
import gc
import itertools
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

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
    loop, result = asyncio.get_running_loop(), Result(seconds)
    turns, idle, late = itertools.cycle(requests), list[Connection](), list[float]()
    flying, end = 0, 0.0

    def done(connection: Connection, head: bytes, body: bytes) -> None:
        nonlocal flying
        now = time.perf_counter()
        flying -= 1
        if head.startswith(b"HTTP/1.1 200"):
            result.latencies_ms.append((now - connection.began) * 1_000)
            if keep:
                result.bodies.append(body)
        else:
            result.errors.append((head.split(b"\r\n", 1)[0] + b" " + body[:200]).decode())
        if late:
            fly(connection, late.pop(0))
        elif rate is None and now < end:
            fly(connection, now)
        else:
            idle.append(connection)

    def fly(connection: Connection, began: float) -> None:
        nonlocal flying
        flying += 1
        connection.send(next(turns), began)

    for _ in range(connections):
        _, connection = await loop.create_connection(lambda: Connection(done), "127.0.0.1", port)
        idle.append(connection)
    gc.collect()
    gc.freeze()
    begin = time.perf_counter()
    end = begin + seconds
    if rate is None:
        for connection in idle[:]:
            idle.remove(connection)
            fly(connection, time.perf_counter())
        await asyncio.sleep(seconds)
    else:
        luck, at = random.Random(1), begin
        while at < end:
            at += luck.expovariate(rate)
            wait = at - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            if idle:
                fly(idle.pop(), at)
            else:
                late.append(at)
    for _ in range(int(PATIENCE_SECONDS / POLL_SECONDS)):
        if flying:
            await asyncio.sleep(POLL_SECONDS)
    result.errors += ["no answer"] * flying
    return result
