"""An end that reaches into an engine: work beside a pipeline may be in the middle of a statement of a minute.

What may take long works `with halt.over(connection)`. Who ends it says `halt.set()` until the thread has ended: an
interruption between two statements is missed.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from payment_analysis.domain.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterator


class Halted(Conflict):
    """Work was interrupted because its process ends; nothing of it is committed."""

    def __init__(self) -> None:
        super().__init__("the work was interrupted because its process ends", hint="it is done another time")


class Halt(threading.Event):
    """Set from any thread, for good; who works under it is interrupted and learns of it by `Halted`."""

    def __init__(self) -> None:
        super().__init__()
        self._working = set[duckdb.DuckDBPyConnection]()
        self._guard = threading.Lock()

    def set(self) -> None:
        with self._guard:
            super().set()
            for connection in self._working:
                connection.interrupt()

    @contextmanager
    def over(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Work on a connection until it is done or this is set."""
        if self.is_set():
            raise Halted
        with self._guard:
            self._working.add(connection)
        try:
            yield
        except duckdb.Error as error:
            if self.is_set():
                raise Halted from error
            raise
        finally:
            with self._guard:
                self._working.discard(connection)
