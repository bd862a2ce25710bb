"""One end of the line between the main process and a worker: messages that stay whole and in order, and connections.

The kernel closes the line when either of them dies, however it dies, so each learns of the other's end at once.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MESSAGE_BYTES_MAX: Final = 128 * 1024  # an outcome has some hundred, and one number for each route
AT_ONCE: Final = 100  # messages in one turn of the loop
WAITING_MAX: Final = 100_000  # a worker that is so far behind is not coming back


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends of a new line; the second may be given to a process."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Link:
    """Used in one event loop. `hear` gets each message with the connection that came with it; `lost` is called once."""

    def __init__(
        self, end: socket.socket, hear: Callable[[bytes, socket.socket | None], None], lost: Callable[[], None]
    ) -> None:
        end.setblocking(False)
        self._end, self._hear, self._lost = end, hear, lost
        self._waiting = deque[tuple[bytes, socket.socket | None]]()
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._end.fileno(), self._read)

    def send(self, words: bytes, connection: socket.socket | None = None) -> None:
        """Say something, and give a connection away with it; it waits here while the other end is busy."""
        self._waiting.append((words, connection))
        if len(self._waiting) == 1:
            self._write()
        elif len(self._waiting) > WAITING_MAX:
            self._end_it()

    def close(self) -> None:
        """Say no more; connections that were not given away are closed."""
        if self._loop is not None:
            self._loop.remove_reader(self._end.fileno())
            self._loop.remove_writer(self._end.fileno())
            self._loop = None
        self._end.close()
        for _, connection in self._waiting:
            if connection is not None:
                connection.close()
        self._waiting.clear()

    def _end_it(self) -> None:
        if self._loop is not None:
            self.close()
            self._lost()

    def _write(self) -> None:
        if self._loop is None:
            return
        while self._waiting:
            words, connection = self._waiting[0]
            try:
                socket.send_fds(self._end, [words], [] if connection is None else [connection.fileno()])
            except BlockingIOError:
                self._loop.add_writer(self._end.fileno(), self._write)
                return
            except OSError:
                self._end_it()
                return
            self._waiting.popleft()
            if connection is not None:
                connection.close()  # the other process has its own handle
        self._loop.remove_writer(self._end.fileno())

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            try:
                words, handles, _, _ = socket.recv_fds(self._end, MESSAGE_BYTES_MAX, 1)
            except BlockingIOError:
                return
            except OSError:
                words, handles = b"", []
            if not words:
                self._end_it()
                return
            self._hear(words, socket.socket(fileno=handles[0]) if handles else None)
            if self._loop is None:
                return
