"""A process that only decides, beside the main one: `python -m payment_analysis.backend.worker`, started by it.

It has the same application with the same gates, roles and store. It ends when the main process does, however that ends.
"""

from __future__ import annotations

import asyncio
import os
import select
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from payment_analysis.backend.app import app_of
from payment_analysis.backend.elsewhere import Elsewhere
from payment_analysis.backend.front_door import taken_in
from payment_analysis.backend.pace import keep_pace
from payment_analysis.backend.serving import Answering
from payment_analysis.backend.worker_link import Link
from payment_analysis.backend.worker_words import Word, read, written
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from fastapi import FastAPI

    from payment_analysis.ml.route_memory import Told


END_SECONDS_MAX: Final = 5  # for answers that are under way
ALONE_SECONDS_MAX: Final = 10.0  # then it ends in the middle of whatever it does: what it answered is in the store


class Worker(Answering):
    """Serves the connections it is given."""

    def __init__(self, app: FastAPI, end: socket.socket) -> None:
        super().__init__(app, end_seconds_max=END_SECONDS_MAX)
        self._decisions = app.state.decisions
        self._link = Link(end, self._hear, self._main_is_gone)
        self._taken = set[asyncio.Task[object]]()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        loop = asyncio.get_running_loop()

        def ready() -> None:
            loop.call_soon_threadsafe(self._link.send, written(Word.READY))

        self._decisions.lessons.follow(self._tell)
        self._decisions.state.tells_people = False
        self._decisions.champions.when_taken(ready)
        self._link.begin()
        await super().startup(sockets)

    def _tell(self, told: Told) -> None:
        self._link.send(written(Word.TOLD, told))

    def _hear(self, words: bytes, connection: socket.socket | None) -> None:
        word, told = read(words)
        if connection is not None:
            self._taken.add(task := asyncio.create_task(taken_in(connection, self.protocol)))
            task.add_done_callback(self._taken.discard)
        elif told is not None:
            self._decisions.lessons.learn(told)
        elif word is Word.CHANGED:
            self._decisions.state.forget()
        elif word is Word.MODELS:
            self._decisions.champions.look_now()

    def _main_is_gone(self) -> None:
        self.should_exit = True


def end_with(end: socket.socket) -> None:
    """Live no longer than the line to the main process, whatever else takes its time."""
    line = select.poll()
    line.register(end, 0)  # that the other side is gone is always told

    def wait() -> None:
        line.poll()
        time.sleep(ALONE_SECONDS_MAX)
        os._exit(1)

    threading.Thread(target=wait, name="the line to the main process", daemon=True).start()


def main(home: str, host: str, port: str, names: str, handle: str) -> None:
    """Decide until the main process ends; `names` are those that the application may be called by."""
    end = socket.socket(fileno=int(handle))
    end_with(end)
    keep_pace()
    app = app_of(Home(Path(home)), hosts=names.split(","), is_worker=True)
    app.add_middleware(Elsewhere, main=(host, int(port)))
    Worker(app, end).run(sockets=[])


if __name__ == "__main__":
    main(*sys.argv[1:])
