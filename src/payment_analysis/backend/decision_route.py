"""The fast way in for decisions: parsed once, admitted from memory, answered as bytes.

An address of this kind is declared as any other, so that it is documented; its handler gets the body as its model and
gives back JSON. Who asks is remembered for some seconds: a role that is taken away still decides for so long.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import orjson
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from payment_analysis.backend import access
from payment_analysis.backend.asking import FORWARDED_NAMES
from payment_analysis.backend.errors import answer_with_problem
from payment_analysis.domain.errors import PaymentAnalysisError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Receive, Scope, Send

    from payment_analysis.backend.asking import Person
    from payment_analysis.backend.gates import PlainRequests

REMEMBERED_SECONDS: Final = 5.0
RENEWED_SECONDS: Final = 2.0  # so long before the end the store is asked again, and nobody waits for it
PEOPLE_KEPT: Final = 1_000
JSON: Final = "application/json"
_JSON_HEADER: Final = (b"content-type", JSON.encode())
# Headers that say who asks; the host is there because the name of a cookie holds its port.
TELLING: Final = frozenset({b"authorization", b"cookie", b"host", *(name.encode() for name in FORWARDED_NAMES)})


class RememberedPeople:
    """Who asked with which headers a moment ago."""

    def __init__(self) -> None:
        self._people: OrderedDict[tuple[tuple[bytes, bytes], ...], tuple[float, Person | None]] = OrderedDict()
        self._asked: dict[tuple[tuple[bytes, bytes], ...], asyncio.Task[Person | None]] = {}

    async def who(self, scope: Scope) -> Person | None:
        """The person; the store is asked in a thread, once for everybody who waits for the same answer."""
        said = tuple([one for one in scope["headers"] if one[0] in TELLING])
        now = time.monotonic()
        until, person = self._people.get(said, (-1.0, None))
        if until - now > RENEWED_SECONDS:
            return person
        asked = self._asked.get(said)
        if asked is None or asked.get_loop() is not asyncio.get_running_loop():
            asked = self._asked[said] = asyncio.create_task(self._ask(said, Request(scope)))
        if until > now:  # the next answer is asked for while this one is still good
            asked.add_done_callback(_let_go)
            return person
        return await asyncio.shield(asked)  # who gives up does not stop it for the others

    async def _ask(self, said: tuple[tuple[bytes, bytes], ...], request: Request) -> Person | None:
        began = time.monotonic()
        try:
            person: Person | None = await asyncio.to_thread(request.app.state.asking.who, request)
        finally:
            self._asked.pop(said, None)
        self._people[said] = (began + REMEMBERED_SECONDS, person)
        self._people.move_to_end(said)
        while len(self._people) > PEOPLE_KEPT:
            self._people.popitem(last=False)
        return person


def _let_go(asked: asyncio.Task[Person | None]) -> None:
    """Take the error of a question that nobody waits for: whoever needs its answer asks again and is told."""
    if not asked.cancelled():
        asked.exception()


class DecisionRoute(APIRoute):
    """An address whose endpoint takes the application's decisions, the parsed body and its bytes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        (field,) = self.dependant.body_params
        model = field.field_info.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        parse = model.__pydantic_validator__.validate_json
        (method,) = self.methods or {"POST"}
        endpoint, path = self.endpoint, self.path

        async def answer(scope: Scope, read: Callable[[], Awaitable[bytes]]) -> bytes:
            state = scope["app"].state
            person = await state.people.who(scope)
            access.admit(method, path, person)
            raw = await read()
            try:
                body = parse(raw)
            except ValidationError as error:
                raise RequestValidationError(
                    [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
                ) from error
            told = await endpoint(body=body, decisions=state.decisions, raw=raw)
            if isinstance(told, str):
                return told.encode()
            return told if isinstance(told, bytes) else orjson.dumps(told)

        async def handle(request: Request) -> Response:
            return Response(await answer(request.scope, request.body), media_type=JSON)

        self.at_once = answer
        return handle


class AtOnce:
    """Answers plain requests to the addresses of decisions before anything else looks at them: a third of the time.

    A request is plain when no gate would look twice at it; any other goes through all of them. Answers have the headers
    that all have, and errors are the same. They are not packed: that would take as long as the decision.
    """

    def __init__(
        self, app: ASGIApp, *, routes: Sequence[BaseRoute], plain: PlainRequests, headers: Mapping[str, str]
    ) -> None:
        self.app, self._is_plain, self._headers = app, plain, headers
        self._routes = {one.path: one.at_once for one in routes if isinstance(one, DecisionRoute)}
        self._raw_headers = [_JSON_HEADER, *((name.encode(), value.encode()) for name, value in headers.items())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        decide = self._routes.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if decide is None or not self._is_plain(scope["headers"]):
            await self.app(scope, receive, send)
            return
        try:
            told = await decide(scope, partial(_body, receive))
        except (PaymentAnalysisError, RequestValidationError) as error:
            problem = await answer_with_problem(Request(scope), error)
            for name, value in self._headers.items():
                problem.headers.setdefault(name, value)
            await problem(scope, receive, send)
            return
        length = (b"content-length", str(len(told)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length, *self._raw_headers]})
        await send({"type": "http.response.body", "body": told})


async def _body(receive: Receive) -> bytes:
    """All of it; mostly it comes at once."""
    body, is_whole = b"", False
    while not is_whole:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        is_whole = not message.get("more_body", False)
    return body
