"""Everything that waits is committed together: one thread, one connection, one transaction for all who came meanwhile.

A caller hands in a piece of work and gets its answer when the commit is on disk, never before. While one group is
being committed the next one gathers, so a busy store makes larger groups instead of a longer queue.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Generic, Protocol, TypeVar

import psycopg

from payment_analysis.domain.errors import BadInput, PaymentAnalysisError, StoreDown

GROUP_MAX: Final = 500
DOWN_SECONDS: Final = 1.0  # after a failed connection everybody is told at once for so long

Connection = psycopg.Connection[tuple[Any, ...]]
Work = TypeVar("Work")
Commits = Callable[[Connection, Sequence[Work]], list[Any]]
Answer = BaseException | Any


class GroupCommit(Generic[Work]):
    """The writer. `commits` writes a group in one transaction: one answer, or its own error, for each piece."""

    def __init__(self, connect: Callable[[], Connection], commits: Commits[Work]) -> None:
        self._connect, self._commits = connect, commits
        self._waiting, self._in_flight = list[tuple[Work, _Told]](), list[tuple[Work, _Told]]()
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="group-commit")
        self._is_busy = self._is_closed = False
        self._connection: Connection | None = None
        self._down: tuple[float, StoreDown] | None = None

    async def put(self, work: Work) -> Any:
        """Wait for the commit without holding up the loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._hand_in(work, _InLoop(loop, future))
        return await future

    def put_and_wait(self, work: Work) -> Any:
        """Wait for the commit in a thread."""
        future: Future[Any] = Future()
        self._hand_in(work, _InThread(future))
        return future.result()

    def close(self) -> None:
        """Commit what waits and let go of the connection."""
        self._is_closed = True
        while self._is_busy:
            time.sleep(0.001)
        self._thread.shutdown()
        if self._connection is not None:
            self._connection.close()

    def _hand_in(self, work: Work, told: _Told) -> None:
        if self._is_closed:
            raise StoreDown("the writer of decisions is closed", hint="start the application again")
        with self._lock:
            self._waiting.append((work, told))
            begins, self._is_busy = not self._is_busy, True
        if begins:
            self._next()

    def _next(self) -> None:
        self._thread.submit(self._turn).add_done_callback(self._turned)

    def _turn(self) -> list[Answer]:
        with self._lock:
            self._in_flight, self._waiting = self._waiting[:GROUP_MAX], self._waiting[GROUP_MAX:]
        return self._committed([work for work, _ in self._in_flight])

    def _turned(self, future: Future[list[Answer]]) -> None:
        """Tell everybody; an error nobody foresaw is told as well, and the next group goes on."""
        group, error = self._in_flight, future.exception()
        answers: list[Answer] = [error] * len(group) if error is not None else future.result()
        _tell(group, answers)
        with self._lock:
            self._is_busy = bool(self._waiting)
            goes_on = self._is_busy
        if goes_on:
            self._next()

    def _committed(self, group: Sequence[Work]) -> list[Answer]:
        try:
            answers = self._commits(self._connected(), group)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            if len(group) == 1:
                return [BadInput(f"the store cannot hold this: {str(error).splitlines()[0]}")]
            return [answer for work in group for answer in self._committed([work])]  # the others are sound
        except psycopg.Error as error:
            return [self._lost(error)] * len(group)
        except PaymentAnalysisError as error:
            return [error] * len(group)
        return answers

    def _connected(self) -> Connection:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        if self._down is not None and time.monotonic() < self._down[0]:
            raise self._down[1]
        self._connection = self._connect()
        self._down = None
        return self._connection

    def _lost(self, error: psycopg.Error) -> StoreDown:
        """Nothing of the group is in the store, so nobody may get an answer."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        words = str(error).splitlines()
        down = StoreDown(
            f"the decision could not be stored: {words[0] if words else type(error).__name__}",
            hint="decide again; a decision that is not stored is never answered",
        )
        self._down = (time.monotonic() + DOWN_SECONDS, down)
        return down


class _Told(Protocol):
    """Who waits."""

    loop: asyncio.AbstractEventLoop | None

    def settle(self, answer: Answer) -> None: ...


class _InLoop:
    def __init__(self, loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any]) -> None:
        self.loop: asyncio.AbstractEventLoop | None = loop
        self._future = future

    def settle(self, answer: Answer) -> None:
        if self._future.done():  # the caller has gone
            return
        if isinstance(answer, BaseException):
            self._future.set_exception(answer)
        else:
            self._future.set_result(answer)


class _InThread:
    loop: asyncio.AbstractEventLoop | None = None

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def settle(self, answer: Answer) -> None:
        if isinstance(answer, BaseException):
            self._future.set_exception(answer)
        else:
            self._future.set_result(answer)


def _tell(group: Sequence[tuple[Any, _Told]], answers: Sequence[Answer]) -> None:
    """One call into each loop for all of its waiters."""
    by_loop = dict[asyncio.AbstractEventLoop | None, list[tuple[_Told, Answer]]]()
    for (_, told), answer in zip(group, answers, strict=True):
        by_loop.setdefault(told.loop, []).append((told, answer))
    for loop, settled in by_loop.items():
        if loop is None:
            _settle(settled)
        elif not loop.is_closed():
            loop.call_soon_threadsafe(_settle, settled)


def _settle(settled: Sequence[tuple[_Told, Answer]]) -> None:
    for told, answer in settled:
        told.settle(answer)
