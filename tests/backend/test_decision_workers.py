"""The product's own server with a process beside it that decides: the same answers, limits and roles, whoever answers."""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, IncompleteRead
from typing import TYPE_CHECKING, Any, NamedTuple

import psutil
import pytest
from sqlalchemy import func, select
from tests.backend.test_decisions_survive import PAYMENT, Killable, is_soon, question

from payment_analysis.domain.roles import Role
from payment_analysis.lakehouse.home import Home
from payment_analysis.store.accounts import first_admin, make_token
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.configuration import RoutePerformance
from payment_analysis.store.database import DATABASE_VARIABLE, FOLDER, Database
from payment_analysis.store.decisions import CardAttempt, DecisionLog
from payment_analysis.store.operations import Incident
from payment_analysis.store.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_SECONDS, END_SECONDS, IN_FORCE_SECONDS = 120.0, 20.0, 1.0
CLIENTS, ANSWERS_BEFORE = 6, 300


class Both(NamedTuple):
    """A server of two processes, and what stands behind it."""

    home: Path
    server: Killable
    store: Database
    tokens: dict[Role, str]

    def workers(self) -> list[int]:
        return [one.pid for one in psutil.Process(self.server.process.pid).children()]

    @property
    def worker(self) -> psutil.Process:
        (one,) = psutil.Process(self.server.process.pid).children()
        return one

    @contextmanager
    def connected(self) -> Iterator[tuple[HTTPConnection, HTTPConnection]]:
        """One that the main process answers, and one that the worker does; as soon as there is one."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with self.server.connected() as one, self.server.connected() as other:
                for connection in (one, other):
                    assert self.server.ask(connection, "authentication", PAYMENT) is not None
                here, there = sorted((one, other), key=self._is_workers)
                if self._is_workers(there):
                    yield here, there
                    return
            time.sleep(0.2)
        raise AssertionError("the worker was never ready")

    def _is_workers(self, connection: HTTPConnection) -> bool:
        try:
            held = {one.raddr.port for one in self.worker.net_connections("tcp") if one.raddr}
        except (ValueError, psutil.NoSuchProcess):  # it is being started again
            return False
        return connection.sock.getsockname()[1] in held

    def send(
        self, connection: HTTPConnection, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any]:
        given = {"authorization": f"Bearer {self.tokens[Role.ADMIN]}", "content-type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, None if body is None else json.dumps(body), given)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv(DATABASE_VARIABLE, raising=False)
        path: Path = Home(tmp_path_factory.mktemp("both") / "home").create().path
        store = Database.of_home(path)
        with store.change(SYSTEM) as session:
            until = datetime.now(UTC) + timedelta(hours=1)
            admin = first_admin(session)
            tokens = {role: make_token(session, admin, role, role, until)[1] for role in Role}
            session.add_all(RoutePerformance(route_name=name) for name in ("north", "south"))
        server = Killable(path, tokens[Role.ADMIN], processes=2)
        yield Both(path, server, store, tokens)
        server.process.terminate()
        server.process.wait(30)
        store.close()
        Server(path / FOLDER).end()


def test_gates_and_roles_hold_in_a_worker_as_in_the_main_process(both: Both) -> None:
    with both.connected() as (here, there):

        def refusals(connection: HTTPConnection) -> list[tuple[int, str]]:
            asked = [
                {"authorization": f"Bearer {both.tokens[Role.VIEWER]}"},
                {"authorization": "Bearer unknown"},
                {"authorization": "", "cookie": f"payment_analysis_{both.server.port}=stolen"},
                {"origin": "https://elsewhere.example"},
                {"host": "elsewhere.example"},
                {"x_forwarded_for": "10.0.0.1"},
            ]
            told = [both.send(connection, "POST", "/api/decision/routing", PAYMENT, **headers) for headers in asked]
            return [(status, problem["title"]) for status, problem in told]

        assert refusals(there) == refusals(here)
        assert [status for status, _ in refusals(there)] == [403, 401, 403, 403, 400, 400]


def test_what_is_no_decision_is_answered_by_the_main_process_whoever_is_asked(both: Both) -> None:
    with both.connected() as (here, there):
        asked = ("/api/decision/config", "/api/rules?limit=1", "/api/nowhere", "/api/current-user")

        for path in asked:
            assert both.send(there, "GET", path) == both.send(here, "GET", path)
        status, answer = both.send(there, "PUT", "/api/decision/admin/config/probe_share", {"value": "0.07"})
        assert (status, answer["value"]) == (200, "0.07")
        assert both.send(there, "PUT", "/api/decision/admin/config/probe_share", {"value": "much"})[0] == 422


def test_what_an_admin_sets_is_in_force_in_every_process_within_a_second(both: Both) -> None:
    with both.connected() as (here, there):
        for is_active in (False, True, False, True):
            row = {"route_name": "north", "approval_rate_pct": 90.0, "cost_score": 0.1, "is_active": is_active}
            assert both.send(here, "POST", "/api/decision/admin/routes", row)[0] == 200
            end = time.monotonic() + IN_FORCE_SECONDS
            while time.monotonic() < end and any(offers_north(both, one) != is_active for one in (here, there)):
                time.sleep(0.01)

            assert [offers_north(both, one) for one in (here, there)] == [is_active] * 2


def offers_north(both: Both, connection: HTTPConnection) -> bool:
    _, answer = both.send(connection, "POST", "/api/decision/routing", PAYMENT)
    return "north" in answer["candidates"]


def test_a_question_asked_of_both_at_once_is_decided_once(both: Both) -> None:
    with both.connected() as connections, ThreadPoolExecutor(2) as threads:
        for number in range(30):
            for kind in ("routing", "retry"):
                asked = question(kind, f"twice-{kind}-{number}") | {"card_token_id": f"card-{kind}-{number}"}
                one, other = threads.map(both.server.ask, connections, [kind] * 2, [asked] * 2)

                assert one is not None
                assert one == other


def test_an_outage_told_to_one_process_is_known_to_all_and_told_to_people_once(both: Both) -> None:
    with both.connected() as (here, there):
        both.send(here, "PUT", "/api/decision/admin/config/probe_share", {"value": "0.01"})
        failed = 0
        for number in range(400):
            payment = PAYMENT | {"issuer": f"bank {number % 7}"}
            _, decision = both.send(here, "POST", "/api/decision/routing", payment)
            is_north = decision["primary_route"] == "north"
            failed += is_north
            told = {"audit_id": decision["audit_id"], "outcome": "error" if is_north else "approved"}
            assert both.send(there, "POST", "/api/decision/outcome", told)[0] == 200
            if failed >= 12:
                break

        chosen: dict[HTTPConnection, list[str]] = {here: [], there: []}
        for connection in [here, there] * 40:
            _, decision = both.send(connection, "POST", "/api/decision/routing", PAYMENT)
            chosen[connection].append(decision["primary_route"])
        assert [one.count("north") <= 5 for one in chosen.values()] == [True, True]
        time.sleep(0.5)  # the incident is written beside decisions
        with both.store.read() as session:
            assert session.scalar(select(func.count()).select_from(Incident).where(Incident.key == "psp=north")) == 1


def test_a_killed_worker_loses_nothing_that_was_answered_and_both_keep_the_limits_of_a_card(both: Both) -> None:
    with both.connected():
        killed = both.worker.pid
    clients = [Client(both, number) for number in range(CLIENTS)]
    try:
        for one in clients:
            one.start()
        time.sleep(2.0)
        os.kill(killed, signal.SIGKILL)
        while killed in (pids := both.workers()) or not pids:
            time.sleep(0.05)
        with both.connected():
            time.sleep(1.0)  # the new one decides, too
    finally:
        for one in clients:
            one.ending.set()
        for one in clients:
            one.join()

    answered = {key: answer for one in clients for key, answer in one.answered.items()}
    assert [problem for one in clients for problem in one.problems] == []
    assert 1 <= sum(one.broken for one in clients) <= CLIENTS
    assert len(answered) > ANSWERS_BEFORE
    with both.store.read() as session:
        stored = {row.idempotency_key: row.response for row in session.scalars(select(DecisionLog))}
        counted = session.scalar(select(func.count()).select_from(CardAttempt))
    assert {key: stored.get(key) for key in answered} == answered
    soon = [one for one in answered.values() if is_soon(one)]
    assert 1 <= len(soon) <= 6  # Mastercard in Brazil: seven declines in 24 hours, and the caller told of one
    assert counted is not None
    assert counted >= len(soon)


class Client(threading.Thread):
    """Decides; a connection may be closed in the middle, and nothing else may go wrong. Keys are names of questions."""

    def __init__(self, both: Both, number: int) -> None:
        super().__init__(daemon=True)
        self._both, self._number = both, number
        self.ending = threading.Event()
        self.answered, self.problems, self.broken = dict[str, dict[str, Any]](), list[str](), 0

    def run(self) -> None:
        while not self.ending.is_set() and not self.problems:
            with self._both.server.connected() as connection:
                try:
                    self._decide(connection)
                except (ConnectionError, IncompleteRead):
                    self.broken += 1
                except (OSError, HTTPException) as error:
                    self.problems.append(repr(error))

    def _decide(self, connection: HTTPConnection) -> None:
        for number in itertools.count():
            if self.ending.is_set():
                return
            kind, key = ("retry", "routing")[number % 2], f"{self._number}-{self.broken}-{number}"
            answer = self._both.server.ask(connection, kind, question(kind, key))
            if answer is None:
                self.problems.append(f"no decision for {key}")
                return
            self.answered[key] = answer


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda sign: sign.name)
def test_workers_end_with_the_main_process_however_it_ends(both: Both, sign: signal.Signals) -> None:
    """The first two ends come while workers are still loading, the last one when they decide."""
    if sign is signal.SIGKILL:
        with both.connected():
            server = both.server
    else:
        server = Killable(both.home, both.tokens[Role.OPERATOR], processes=2)
    workers = psutil.Process(server.process.pid).children()
    assert len(workers) == 1

    server.process.send_signal(sign)
    server.process.wait(END_SECONDS)
    _, alive = psutil.wait_procs(workers, timeout=END_SECONDS)

    assert alive == []
