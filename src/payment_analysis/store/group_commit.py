"""Everything that waits is committed together: one connection, one transaction for all who came meanwhile.

A caller hands in a piece of work and gets its answer when the commit is on disk, never before. While one group is
being committed the next one gathers, so a busy store makes larger groups instead of a longer queue. All happens in the
caller's event loop: a thread of its own would have to be woken twice for every group, and wait for the interpreter.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, Generic, NamedTuple, TypeVar

import psycopg

from payment_analysis.domain.errors import BadInput, PaymentAnalysisError, StoreDown
from payment_analysis.store.wire import Wire

GROUP_MAX: Final = 500
DOWN_SECONDS: Final = 1.0  # after a failed connection everybody is told at once for so long

Work = TypeVar("Work")
Connects = Callable[[], Awaitable[Wire]]
Commits = Callable[[Wire, Sequence[Work]], Awaitable[list[Any]]]
Answer = BaseException | Any


class GroupCommit(Generic[Work]):
    """The writer. `commits` writes a group in one transaction: one answer, or its own error, for each piece."""

    def __init__(self, connect: Connects, commits: Commits[Work]) -> None:
        self._connect, self._commits = connect, commits
        self._queues = dict[asyncio.AbstractEventLoop, _Queue[Work]]()  # an application has one loop, tests have many
        self._is_closed = False

    async def put(self, work: Work) -> Any:
        """Wait for the commit without holding up the loop."""
        if self._is_closed:
            raise StoreDown("the writer of decisions is closed", hint="start the application again")
        loop = asyncio.get_running_loop()
        queue = self._queues.get(loop)
        if queue is None:
            self._forget_closed_loops()
            queue = self._queues[loop] = _Queue(self._connect, self._commits)
        return await queue.put(work, loop.create_future())

    def close(self) -> None:
        """Let go of the connections; whoever waited has been answered before an application ends."""
        self._is_closed = True
        for queue in self._queues.values():
            queue.close()
        self._queues.clear()

    def _forget_closed_loops(self) -> None:
        for loop in [one for one in self._queues if one.is_closed()]:
            self._queues.pop(loop).close()


class _Waiter(NamedTuple):
    work: Any
    future: asyncio.Future[Any]

    def settle(self, answer: Answer) -> None:
        if self.future.done():  # the caller has gone
            return
        if isinstance(answer, BaseException):
            self.future.set_exception(answer)
        else:
            self.future.set_result(answer)


class _Queue(Generic[Work]):
    """What waits in one loop, and the connection that belongs to it."""

    def __init__(self, connect: Connects, commits: Commits[Work]) -> None:
        self._connect, self._commits = connect, commits
        self._waiting = list[_Waiter]()
        self._task: asyncio.Task[list[Answer]] | None = None  # held: the loop itself would forget it
        self._is_busy = False
        self._connection: Wire | None = None
        self._down: tuple[float, StoreDown] | None = None

    async def put(self, work: Work, future: asyncio.Future[Any]) -> Any:
        self._waiting.append(_Waiter(work, future))
        if not self._is_busy:
            self._is_busy = True
            asyncio.get_running_loop().call_soon(self._next)  # with everybody who comes in this turn of the loop
        return await future

    def close(self) -> None:
        """From wherever: the loop may have ended."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _next(self) -> None:
        """One task for a group: at a low rate every decision is one, and a task around it costs as much again."""
        group, self._waiting = self._waiting[:GROUP_MAX], self._waiting[GROUP_MAX:]
        self._task = asyncio.get_running_loop().create_task(self._committed([one.work for one in group]))
        self._task.add_done_callback(partial(self._settle, group))

    def _settle(self, group: Sequence[_Waiter], task: asyncio.Task[list[Answer]]) -> None:
        """Tell a group, also an error that nobody foresaw, and go on with the next one until nobody waits."""
        try:
            if task.cancelled():  # the loop ends, and nothing more will be committed in it
                group, self._waiting = [*group, *self._waiting], []
                answers: list[Answer] = [asyncio.CancelledError()] * len(group)
            else:
                error = task.exception()
                answers = task.result() if error is None else [error] * len(group)
            for one, answer in zip(group, answers, strict=True):
                one.settle(answer)
        finally:
            if self._waiting:
                self._next()
            else:
                self._is_busy, self._task = False, None

    async def _committed(self, group: Sequence[Work]) -> list[Answer]:
        try:
            return await self._commits(await self._connected(), group)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            if len(group) == 1:
                return [BadInput(f"the store cannot hold this: {str(error).splitlines()[0]}")]
            return [answer for work in group for answer in await self._committed([work])]  # the others are sound
        except psycopg.Error as error:
            return [await self._lost(error)] * len(group)
        except PaymentAnalysisError as error:
            return [error] * len(group)

    async def _connected(self) -> Wire:
        if self._connection is not None and self._connection.is_open:
            return self._connection
        if self._down is not None and time.monotonic() < self._down[0]:
            raise self._down[1]
        self._connection = await self._connect()
        self._down = None
        return self._connection

    async def _lost(self, error: psycopg.Error) -> StoreDown:
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
