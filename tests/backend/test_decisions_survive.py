"""Every decision that was answered is in the store when the application is killed under load; a restart just goes on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from sqlalchemy import select

from payment_analysis.domain.roles import Role
from payment_analysis.store.accounts import first_admin, make_token
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.configuration import RoutePerformance
from payment_analysis.store.decisions import DecisionLog

if TYPE_CHECKING:
    from pathlib import Path

    from tests.store.databases import Databases

    from payment_analysis.store.database import Database

CLIENTS, ANSWERS_BEFORE = 4, 200
PAYMENT = {"merchant_id": "m1", "amount_minor": 1_200, "currency": "EUR", "network": "visa"}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def serve(home: Path, store: Database, port: int) -> subprocess.Popen[bytes]:
    host = store.writer().info.host
    name = store.writer().info.dbname
    address = f"postgresql://postgres@/{name}?host={host}"
    command = [sys.executable, "-m", "payment_analysis.cli", "serve", "--port", str(port), "--home", str(home)]
    server = subprocess.Popen(
        command, env=os.environ | {"DATABASE_URL": address}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return server
    raise AssertionError("the server did not start")


def ask(port: int, token: str, answered: list[str], *, times: int) -> None:
    """Decide until the server is gone."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    for number in range(times):
        kind = ("authentication", "routing")[number % 2]
        try:
            connection.request("POST", f"/api/decision/{kind}", json.dumps(PAYMENT), headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException):
            return
        if answer.status == 200:
            answered.append(json.loads(body)["audit_id"])


def test_a_killed_application_loses_no_decision_it_has_answered(databases: Databases, tmp_path: Path) -> None:
    store, port = databases.fresh(), free_port()
    with store.change(SYSTEM) as session:
        until = datetime.now(UTC) + timedelta(hours=1)
        _, token = make_token(session, first_admin(session), "load", Role.OPERATOR, until)
        session.add(RoutePerformance(route_name="north"))
    server, answered = serve(tmp_path / "home", store, port), list[str]()
    clients = [threading.Thread(target=ask, args=(port, token, answered), kwargs={"times": 10**6}) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    while len(answered) < ANSWERS_BEFORE:
        time.sleep(0.01)
    server.send_signal(signal.SIGKILL)
    server.wait()
    for client in clients:
        client.join()

    with store.read() as session:
        stored = set(session.scalars(select(DecisionLog.audit_id)))
    assert set(answered) <= stored

    again, after = serve(tmp_path / "home", store, port), list[str]()
    ask(port, token, after, times=4)
    again.send_signal(signal.SIGKILL)
    again.wait()
    assert len(after) == 4
    store.close()
