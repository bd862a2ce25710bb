"""Who asks is remembered for some seconds: by all that says who it is, and asked for once by all who wait."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from payment_analysis.backend.asking import Person
from payment_analysis.backend.decision_route import RememberedPeople
from payment_analysis.backend.gates import Gates
from payment_analysis.domain.roles import Role

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message, Receive, Scope, Send

HOST = (b"host", b"127.0.0.1:8000")
PLAIN = [HOST, (b"authorization", b"Bearer x"), (b"content-type", b"application/json"), (b"content-length", b"2")]


class Asking:
    """Knows people by what a platform says of them, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked, self._lock = 0, threading.Lock()

    def who(self, request: Request) -> Person:
        with self._lock:
            self.asked += 1
        name = dict(request.scope["headers"]).get(b"x-forwarded-email", b"nobody").decode()
        return Person(name, name, name, Role.VIEWER, "forwarded")


def _scope(asking: Asking, *headers: tuple[bytes, bytes]) -> Scope:
    app = SimpleNamespace(state=SimpleNamespace(asking=asking))
    return {"type": "http", "headers": [HOST, *headers], "app": app}


def test_all_who_wait_for_one_person_ask_once() -> None:
    asking, people = Asking(), RememberedPeople()

    async def all_at_once() -> list[Person | None]:
        return await asyncio.gather(*(people.who(_scope(asking)) for _ in range(50)))

    asyncio.run(all_at_once())

    assert asking.asked == 1


def test_people_whom_only_a_platform_names_are_not_taken_for_each_other() -> None:
    asking, people = Asking(), RememberedPeople()

    async def one_after_the_other() -> list[str]:
        found = [await people.who(_scope(asking, (b"x-forwarded-email", name))) for name in (b"ana", b"bo")]
        return [one.name for one in found if one is not None]

    assert asyncio.run(one_after_the_other()) == ["ana", "bo"]


def test_what_passes_the_gates_in_one_look_passes_them_all_and_nothing_else_does() -> None:
    refused = {
        "another name": [(b"host", b"evil.example")],
        "two names": [*PLAIN, HOST],
        "no name": PLAIN[1:],
        "a forged address": [*PLAIN, (b"x-forwarded-for", b"1.2.3.4")],
        "another site": [*PLAIN, (b"origin", b"https://evil.example")],
        "another site's page": [*PLAIN, (b"sec-fetch-site", b"cross-site")],
        "a session without a page": [*PLAIN, (b"cookie", b"payment_analysis_8000=x")],
        "no length": [HOST, (b"transfer-encoding", b"chunked")],
        "a huge body": [HOST, (b"content-length", b"1048577")],
        "a length that is none": [HOST, (b"content-length", b"-1")],
    }

    passed = {name: _passes(headers) for name, headers in {"a program": PLAIN, **refused}.items()}

    assert passed == {"a program": True, **dict.fromkeys(refused, False)}


def _passes(headers: list[tuple[bytes, bytes]]) -> bool:
    reached: list[Any] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        reached.append(scope)

    async def send(_: Message) -> None:
        pass

    async def receive() -> Message:
        return {"type": "http.request", "body": b"{}"}

    scope: Scope = {"type": "http", "method": "POST", "path": "/api/decision/retry", "headers": headers}
    asyncio.run(Gates(app, hosts=["127.0.0.1"])(scope, receive, send))
    return bool(reached)
