"""Accepts connections and looks at the first words of each: one that begins with a decision may go to a worker.

All others stay here. A connection is looked at once, so what is asked on it later costs nothing more.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Final

from payment_analysis.backend.decision_route import DecisionRoute
from payment_analysis.backend.routes import decision

if TYPE_CHECKING:
    from collections.abc import Callable

    from payment_analysis.backend.worker_pool import WorkerPool

# A preview is for a person who looks; everything else here acts.
DECIDES: Final = frozenset(
    one.path for one in decision.router.routes if isinstance(one, DecisionRoute) and one.path != "/api/decision/preview"
)
LOOKED_AT: Final = max(len(path) for path in DECIDES) + len("POST  ")
AT_ONCE: Final = 100  # connections in one turn of the loop


class FrontDoor:
    """The listening socket in one event loop; `protocol` makes what answers a connection here."""

    def __init__(self, listener: socket.socket, pool: WorkerPool, protocol: Callable[[], asyncio.Protocol]) -> None:
        listener.setblocking(False)
        self._listener, self._pool, self._protocol = listener, pool, protocol
        self._silent = set[socket.socket]()  # has said nothing yet
        self._taken = set[asyncio.Task[object]]()

    def open(self) -> None:
        asyncio.get_running_loop().add_reader(self._listener.fileno(), self._accept)

    def close(self) -> None:
        """Nobody else comes in."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._listener.fileno())
        for connection in self._silent:
            loop.remove_reader(connection.fileno())
            connection.close()
        self._silent.clear()

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, _ = self._listener.accept()
            except OSError:  # nobody waits, or who waited has gone
                return
            connection.setblocking(False)
            self._silent.add(connection)
            asyncio.get_running_loop().add_reader(connection.fileno(), self._look, connection)

    def _look(self, connection: socket.socket) -> None:
        asyncio.get_running_loop().remove_reader(connection.fileno())
        self._silent.discard(connection)
        try:
            words = connection.recv(LOOKED_AT, socket.MSG_PEEK)
        except OSError:
            connection.close()
            return
        if not decides(words) or not self._pool.take(connection):
            self._taken.add(task := asyncio.create_task(taken_in(connection, self._protocol)))
            task.add_done_callback(self._taken.discard)


def decides(words: bytes) -> bool:
    """Whether a request that begins so asks for a decision."""
    method, _, rest = words.partition(b" ")
    path, space, _ = rest.partition(b" ")
    return method == b"POST" and space == b" " and path.decode("latin-1") in DECIDES


async def taken_in(connection: socket.socket, protocol: Callable[[], asyncio.Protocol]) -> object:
    """Answer a connection in this process."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        return await asyncio.get_running_loop().connect_accepted_socket(protocol, connection)
    except OSError:  # who asked has gone
        connection.close()
        return None
