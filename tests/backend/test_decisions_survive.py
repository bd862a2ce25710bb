"""The application is killed under load: every decision it answered is in the store, and a new start just goes on."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from payment_analysis.domain.roles import Role
from payment_analysis.lakehouse.home import Home
from payment_analysis.store.accounts import first_admin, make_token
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.configuration import RoutePerformance
from payment_analysis.store.database import DATABASE_VARIABLE, FOLDER, Database
from payment_analysis.store.decisions import CardAttempt, DecisionLog
from payment_analysis.store.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENTS, ANSWERS_BEFORE, START_SECONDS = 4, 300, 120.0
PAYMENT = {"merchant_id": "m1", "amount_minor": 1_200, "currency": "BRL", "issuer_country": "BR"}
SAME_CARD = PAYMENT | {
    "network": "mastercard",
    "merchant_country": "BR",
    "previous_decline_code": "91",
    "card_token_id": "card-1",
}
KINDS = ("authentication", "routing", "retry")


class Killable:
    """The product's own server over a home, with real HTTP and its own PostgreSQL."""

    def __init__(self, home: Path, token: str, *, processes: int = 1) -> None:
        self._token = token
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        given = ["--port", str(self.port), "--home", str(home), "--decision-workers", str(processes)]
        command = [sys.executable, "-m", "payment_analysis.cli", "serve", *given]
        environment = {name: value for name, value in os.environ.items() if name != DATABASE_VARIABLE}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + START_SECONDS
        while not self._listens():
            assert time.monotonic() < end, "the server did not start"
            assert self.process.poll() is None, "the server ended at its start"
            time.sleep(0.1)

    def _listens(self) -> bool:
        with self.connected() as connection:
            try:
                return self.ask(connection, "authentication", PAYMENT) is not None
            except (OSError, HTTPException):
                return False

    def connected(self) -> closing[HTTPConnection]:
        return closing(HTTPConnection("127.0.0.1", self.port, timeout=30))

    def ask(self, connection: HTTPConnection, kind: str, body: dict[str, Any]) -> dict[str, Any] | None:
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        connection.request("POST", f"/api/decision/{kind}", json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        return dict(json.loads(text)) if answer.status == 200 else None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def work(server: Killable, client: int, answered: dict[str, dict[str, Any]]) -> None:
    """Decide until the server is gone; keys are names of questions."""
    with server.connected() as connection:
        for number in range(10**6):
            key, kind = f"{client}-{number}", KINDS[number % 3]
            try:
                answer = server.ask(connection, kind, question(kind, key))
            except (OSError, HTTPException):
                return
            if answer is not None:
                answered[key] = answer


def question(kind: str, key: str) -> dict[str, Any]:
    body = SAME_CARD | {"payment_id": key} if kind == "retry" else PAYMENT
    return body | {"idempotency_key": key}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Database, str]]:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    path = Home(tmp_path / "home").create().path
    store = Database.of_home(path)
    with store.change(SYSTEM) as session:
        until = datetime.now(UTC) + timedelta(hours=1)
        _, token = make_token(session, first_admin(session), "load", Role.OPERATOR, until)
        session.add(RoutePerformance(route_name="north"))
    yield path, store, token
    store.close()
    Server(path / FOLDER).end()  # the killed applications never let go of it


def test_a_killed_application_loses_no_decision_it_has_answered(home: tuple[Path, Database, str]) -> None:
    path, store, token = home
    server, answered = Killable(path, token), dict[str, dict[str, Any]]()
    clients = [threading.Thread(target=work, args=(server, number, answered)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    while len(answered) < ANSWERS_BEFORE:
        time.sleep(0.005)
    server.kill()
    for client in clients:
        client.join()

    with store.read() as session:
        stored = {row.idempotency_key: row.response for row in session.scalars(select(DecisionLog))}
    assert {key: stored.get(key) for key in answered} == answered

    # The next start needs nothing: the same questions have the same answers, and the card has not gained an attempt.
    again = Killable(path, token)
    try:
        with again.connected() as connection:
            for number in range(6):
                key, kind = f"0-{number}", KINDS[number % 3]
                assert again.ask(connection, kind, question(kind, key)) == answered[key]
            late = [again.ask(connection, "retry", question("retry", f"late-{number}")) for number in range(20)]
    finally:
        again.kill()
    soon = [one for one in [*answered.values(), *late] if one is not None and is_soon(one)]
    with store.read() as session:
        counted = session.scalar(select(func.count()).select_from(CardAttempt))
    assert len(soon) <= 6  # Mastercard in Brazil: seven declines in 24 hours, and the caller told of one
    assert counted is not None
    assert counted >= len(soon)


def is_soon(answer: dict[str, Any]) -> bool:
    return bool(answer.get("should_retry")) and answer["retry_after_seconds"] < 86_400
