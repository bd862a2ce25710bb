"""The main process's workers: started, told what changes, given connections, and started again when they die.

Outcomes reach the memory of routes here first and go out to every worker, so that all processes fold the same outcomes
in the same order.
"""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from payment_analysis.backend.worker_link import Link, pair
from payment_analysis.backend.worker_words import Word, read, written

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from payment_analysis.backend.deciding import Decisions
    from payment_analysis.ml.route_memory import Told

AGAIN_SECONDS: Final = 1.0
END_SECONDS_MAX: Final = 10.0
MODULE: Final = "payment_analysis.backend.worker"


class WorkerPool:
    """So many processes beside this one."""

    def __init__(self, home: Path, address: tuple[str, int], names: str, count: int) -> None:
        """`address` is where this process answers, `names` what the application may be called, with commas."""
        self._command = [sys.executable, "-m", MODULE, str(home.absolute()), address[0], str(address[1]), names]
        self.count = count
        self._workers: list[_Worker] = []
        self._turns = itertools.count()
        self._decisions: Decisions | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def processes(self) -> list[int]:
        """Their numbers, ready or not."""
        return [worker.process.pid for worker in self._workers]

    def begin(self, decisions: Decisions) -> None:
        """Start all; from now on they follow these decisions."""
        self._decisions, self._loop = decisions, asyncio.get_running_loop()
        decisions.lessons.lead(self._tell)
        decisions.store.when_changed(lambda: self._say(Word.CHANGED))
        decisions.champions.when_taken(lambda: self._say(Word.MODELS))
        for _ in range(self.count):
            self._start()

    def take(self, connection: socket.socket) -> bool:
        """Give a connection to who is next; False when it is this process's own turn."""
        ready = [worker for worker in self._workers if worker.is_ready]
        turn = next(self._turns) % (len(ready) + 1)
        if turn == len(ready):
            return False
        ready[turn].link.send(written(Word.CONNECTION), connection)
        return True

    async def close(self) -> None:
        """End all; each answers what it was asked."""
        self._loop = None
        for worker in self._workers:
            worker.link.close()
        await asyncio.gather(*(asyncio.to_thread(_ended, worker.process) for worker in self._workers))
        self._workers.clear()

    def _start(self) -> None:
        if self._loop is None:
            return
        here, there = pair()
        with there:
            number = there.fileno()
            # A session of its own: Ctrl-C reaches the main process, and its workers end with their line to it.
            process = subprocess.Popen(
                [*self._command, str(number)], pass_fds=[number], stdin=subprocess.DEVNULL, start_new_session=True
            )
        worker = _Worker(process, self, here)
        self._workers.append(worker)
        worker.link.begin()

    def lost(self, worker: _Worker) -> None:
        """Start another one for a worker that is gone, or as good as gone."""
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.wait()
        if self._loop is not None:
            self._loop.call_later(AGAIN_SECONDS, self._start)

    def heard(self, told: Told) -> None:
        """An outcome that a worker has stored."""
        assert self._decisions is not None
        self._decisions.lessons.learn(told)

    def _tell(self, told: Told) -> None:
        words = written(Word.TOLD, told)
        for worker in [*self._workers]:
            worker.link.send(words)

    def _say(self, word: Word) -> None:
        """To all, from whatever thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._say_here, written(word))

    def _say_here(self, words: bytes) -> None:
        for worker in [*self._workers]:
            worker.link.send(words)


class _Worker:
    """One process and the line to it."""

    def __init__(self, process: subprocess.Popen[bytes], pool: WorkerPool, end: socket.socket) -> None:
        self.process, self._pool = process, pool
        self.is_ready = False
        self.link = Link(end, self._hear, lambda: pool.lost(self))

    def _hear(self, words: bytes, connection: socket.socket | None) -> None:
        del connection
        word, told = read(words)
        if word is Word.READY:
            self.is_ready = True
        elif told is not None:
            self._pool.heard(told)


def _ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(END_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
