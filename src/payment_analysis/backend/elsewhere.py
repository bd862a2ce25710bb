"""What a worker is asked that is no decision: carried to the main process, and its answer back as it comes.

That happens when a program asks for something else on a connection that began with a decision.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import httptools

from payment_analysis.backend.errors import ProblemResponse, problem_of
from payment_analysis.backend.front_door import DECIDES
from payment_analysis.backend.gates import BODY_BYTES_MAX
from payment_analysis.domain.errors import Unavailable

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PART_BYTES: Final = 64 * 1024
# They speak of one connection, or are written by this process, too.
OF_ONE_CONNECTION: Final = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"expect", b"date"})


class Elsewhere:
    """Answers decisions here, and hands on everything else."""

    def __init__(self, app: ASGIApp, *, main: tuple[str, int]) -> None:
        self.app, self._main = app, main

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["method"] == "POST" and scope["path"] in DECIDES) or _is_refused(scope):
            await self.app(scope, receive, send)
            return
        try:
            reader, writer = await asyncio.open_connection(*self._main)
        except OSError as error:
            problem = problem_of(Unavailable(f"The main process does not answer: {error}."), scope["path"])
            await ProblemResponse(problem.model_dump(), status_code=problem.status)(scope, receive, send)
            return
        try:
            writer.write(_head(scope))
            while (message := await receive())["type"] == "http.request":
                writer.write(message.get("body", b""))
                if not message.get("more_body", False):
                    break
            await _carry(reader, _Answer(has_body=scope["method"] != "HEAD"), receive, send)
        finally:
            writer.close()


def _is_refused(scope: Scope) -> bool:
    """A body that the gates do not let in: they stand before this application, too."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"0")
    return b"transfer-encoding" in headers or not length.isdigit() or int(length) > BODY_BYTES_MAX


def _head(scope: Scope) -> bytes:
    address = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    kept = [name + b": " + value for name, value in scope["headers"] if name not in OF_ONE_CONNECTION]
    first = scope["method"].encode() + b" " + address + b" HTTP/1.1"
    return b"\r\n".join([first, *kept, b"connection: close", b"", b""])


class _Answer:
    """An answer that is being read; what is known of it waits in `messages`."""

    def __init__(self, *, has_body: bool) -> None:
        self.messages: list[Message] = []
        self.is_complete, self._has_body = False, has_body
        self._headers = list[tuple[bytes, bytes]]()
        self.parser = httptools.HttpResponseParser(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() not in OF_ONE_CONNECTION:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self.parser.get_status_code()
        self.messages.append({"type": "http.response.start", "status": status, "headers": self._headers})
        self.is_complete = not self._has_body

    def on_body(self, body: bytes) -> None:
        self.messages.append({"type": "http.response.body", "body": body, "more_body": True})

    def on_message_complete(self) -> None:
        self.is_complete = True


async def _carry(reader: asyncio.StreamReader, answer: _Answer, receive: Receive, send: Send) -> None:
    """Until the answer ends, or who asked has gone."""
    gone = asyncio.ensure_future(receive())
    try:
        while not answer.is_complete:
            part = asyncio.ensure_future(reader.read(PART_BYTES))
            await asyncio.wait({part, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not part.done():
                part.cancel()
                return
            data = part.result()
            if not data:
                raise Unavailable("The main process ended in the middle of an answer.")
            answer.parser.feed_data(data)
            for message in answer.messages:
                await send(message)
            answer.messages.clear()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        gone.cancel()
