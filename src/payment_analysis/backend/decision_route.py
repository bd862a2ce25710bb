"""The fast way in for decisions: parsed once, admitted from memory, answered as bytes.

An address of this kind is declared as any other, so that it is documented; its handler gets the body as its model and
gives back JSON. Who asks is remembered for some seconds: a role that is taken away still decides for so long.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

import orjson
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from payment_analysis.backend import access
from payment_analysis.backend.errors import answer_with_problem
from payment_analysis.domain.errors import PaymentAnalysisError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Receive, Scope, Send

    from payment_analysis.backend.asking import Person

REMEMBERED_SECONDS: Final = 5.0
PEOPLE_KEPT: Final = 1_000
SECRETS: Final = frozenset({b"authorization", b"cookie"})
JSON: Final = "application/json"


class RememberedPeople:
    """Who asked with which secret a moment ago."""

    def __init__(self) -> None:
        self._people: OrderedDict[tuple[bytes, ...], tuple[float, asyncio.Future[Person | None]]] = OrderedDict()

    async def who(self, request: Request) -> Person | None:
        """The person; the store is asked in a thread, once for all who wait, and only after some seconds again."""
        secret = tuple(value for name, value in request.scope["headers"] if name in SECRETS)
        known, now = self._people.get(secret), time.monotonic()
        if known is not None and known[0] > now and known[1].get_loop() is asyncio.get_running_loop():
            return await asyncio.shield(known[1])
        asked = asyncio.ensure_future(asyncio.to_thread(request.app.state.asking.who, request))
        self._people[secret] = (now + REMEMBERED_SECONDS, asked)
        self._people.move_to_end(secret)
        while len(self._people) > PEOPLE_KEPT:
            self._people.popitem(last=False)
        try:
            return await asyncio.shield(asked)
        except PaymentAnalysisError:  # the next one asks again
            self._people.pop(secret, None)
            raise


class DecisionRoute(APIRoute):
    """An address whose endpoint takes the application's decisions, the parsed body and its bytes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        (field,) = self.dependant.body_params
        model = field.field_info.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        parse = model.model_validate_json
        (method,) = self.methods or {"POST"}
        endpoint, path = self.endpoint, self.path

        async def handle(request: Request) -> Response:
            person = await request.app.state.people.who(request)
            access.admit(method, path, person)
            raw = await request.body()
            try:
                body = parse(raw)
            except ValidationError as error:
                raise RequestValidationError(
                    [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
                ) from error
            answer = await endpoint(body=body, decisions=request.app.state.decisions, raw=raw)
            text = answer if isinstance(answer, str | bytes) else orjson.dumps(answer)
            return Response(text, media_type=JSON)

        self.at_once = handle
        return handle


class AtOnce:
    """Answers the addresses of decisions before the application looks through all of its others: a third of the time.

    What stands before it (limits, names, headers) holds for these addresses as for any; errors have the same answers.
    """

    def __init__(self, app: ASGIApp, *, routes: Sequence[BaseRoute]) -> None:
        self.app = app
        self._routes = {one.path: one.at_once for one in routes if isinstance(one, DecisionRoute)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handle = self._routes.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if handle is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            answer = await handle(request)
        except (PaymentAnalysisError, RequestValidationError) as error:
            answer = await answer_with_problem(request, error)
        await answer(scope, receive, send)
