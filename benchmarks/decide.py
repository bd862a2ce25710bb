"""Decisions over HTTP with all models and the durable audit, load generator included, on this machine's cores."""

from __future__ import annotations

import argparse
import json
import random
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import psutil
from benchmarks.load import Result, drive, request_of
from benchmarks.machine import machine, write_section

from payment_analysis.domain.roles import Role
from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.jobs.train import train
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.table import load_tables
from payment_analysis.store.accounts import first_admin, make_token
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.database import Database

ATTEMPTS, DAYS, SEED = 150_000, 100, 7
END = datetime(2026, 11, 1, tzinfo=UTC)
START_SECONDS = 120.0
QUIET_SECONDS, QUIET_CPU_PERCENT = 3, 15.0  # what a server that is asked nothing stays below
CONNECTIONS = 64
SATURATED_CONNECTIONS = 128
ISSUERS, MERCHANTS = 40, 100


@dataclass(frozen=True)
class Goal:
    """One load and what is wanted of it."""

    name: str
    path: str
    rate: float | None
    p50_ms: float | None
    p95_ms: float | None
    rate_min: float | None = None

    def said(self) -> str:
        wanted = [f"p50 {self.p50_ms:g} ms" if self.p50_ms else "", f"p95 {self.p95_ms:g} ms" if self.p95_ms else ""]
        return ", ".join([one for one in wanted if one] + ([f"{self.rate_min:,.0f}/s"] if self.rate_min else []))


GOALS = (
    Goal("decisions at 150/s", "decision", 150.0, 3.0, 8.0),
    Goal("decisions at 345/s", "decision", 345.0, None, 12.0),
    Goal("decisions, saturated", "decision", None, None, None, 2_500.0),
    Goal("outcomes at 150/s", "outcome", 150.0, None, 7.0),
)


def prepare(path: Path, order: Order | None = None) -> Home:
    """A home of a simulated world with all four models."""
    home = Home(path)
    if not (path / "mlflow").exists():
        simulate(home, order or Order(ATTEMPTS, DAYS, SEED, END))
        below_gold = {name: table for name, table in load_tables().items() if table.layer != "gold"}
        Lakehouse(path / "lakehouse", tables=below_gold).build()
        train(home)
    return home


def payments(count: int) -> list[dict[str, object]]:
    """Payments of the simulated world's kind; a third each of authentication, routing and retry."""
    luck = random.Random(11)
    made = list[dict[str, object]]()
    for number in range(count):
        payment: dict[str, object] = {
            "merchant_id": f"m_{luck.randrange(MERCHANTS):04d}",
            "amount_minor": int(luck.lognormvariate(9.0, 1.0)),
            "currency": "BRL",
            "network": luck.choice(["visa", "mastercard", "elo", "amex"]),
            "issuer": f"BR-issuer-{luck.randrange(ISSUERS):02d}",
            "issuer_country": "BR",
            "merchant_country": "BR",
            "payment_method_type": luck.choice(["credit", "credit", "debit"]),
            "risk_score": round(luck.random() ** 2, 3),
            "device_trust_score": round(luck.random(), 3),
            "has_network_token": luck.random() < 0.5,
            "supports_passkey": luck.random() < 0.2,
            "payment_id": f"bench-{number}",
            "entry_system": "PD",
            "card_token_id": f"card-{number}-{luck.randrange(10**9)}",
        }
        if number % 3 == 2:
            payment |= {"previous_decline_code": luck.choice(["51", "05", "91"]), "attempt_number": 1}
        made.append(payment)
    return made


def requests(token: str, port: int, count: int = 3_000) -> list[bytes]:
    kinds = ("authentication", "routing", "retry")
    return [
        request_of(f"/api/decision/{kinds[number % 3]}", json.dumps(body).encode(), token, port)
        for number, body in enumerate(payments(count))
    ]


def outcomes(token: str, port: int, decided: list[bytes]) -> list[bytes]:
    luck = random.Random(3)
    made = list[bytes]()
    for body in decided:
        told = {"audit_id": json.loads(body)["audit_id"], "outcome": "approved" if luck.random() < 0.87 else "declined"}
        if told["outcome"] == "declined":
            told["outcome_code"] = "05"
        made.append(request_of("/api/decision/outcome", json.dumps(told).encode(), token, port))
    return made


class Served:
    """The product's own server over a home."""

    def __init__(self, home: Home, processes: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        store = Database.of_home(home.path)
        with store.change(SYSTEM) as session:
            until = datetime.now(UTC) + timedelta(days=1)
            _, self.token = make_token(session, first_admin(session), "benchmark", Role.OPERATOR, until)
        store.close_connections()
        place = ["--port", str(self.port), "--home", str(home.path)]
        command = [sys.executable, "-m", "payment_analysis.cli", "serve", *place, "--decision-workers", str(processes)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._store = store
        self._wait()

    def _wait(self) -> None:
        """Until the models answer."""
        body = json.dumps(payments(1)[0]).encode()
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            time.sleep(1.0)
            try:
                found = drive(
                    self.port,
                    [request_of("/api/decision/authentication", body, self.token, self.port)],
                    seconds=0.05,
                    rate=100.0,
                    connections=1,
                    keep=True,
                )
            except OSError:
                continue
            if found.bodies and json.loads(found.bodies[-1])["fallback"] is None:
                self._rest(end)
                return
        self.close()
        raise SystemExit("the models did not answer in time")

    def _rest(self, end: float) -> None:
        """Until the pages that are answered in advance at every start are there: they are no part of a decision."""
        quiet = 0
        while quiet < QUIET_SECONDS and time.monotonic() < end:
            for process in self._processes:
                process.cpu_percent()
            time.sleep(1.0)
            quiet = quiet + 1 if sum(one.cpu_percent() for one in self._processes) < QUIET_CPU_PERCENT else 0

    @cached_property
    def _processes(self) -> list[psutil.Process]:
        """The main one, and those that decide beside it."""
        main = psutil.Process(self.process.pid)
        return [main, *main.children()]

    @property
    def memory_mb(self) -> float:
        return float(sum(one.memory_info().rss for one in self._processes)) / 1024**2

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self._store.close()


def measured(served: Served, goal: Goal, seconds: float) -> tuple[Result, float]:
    """One load, after a short one that nobody counts; the memory it added."""
    asked = requests(served.token, served.port)
    if goal.path == "outcome":
        wanted = int(150.0 * (seconds + 2.0) * 1.2)
        bodies = list[bytes]()
        while len(bodies) < wanted:
            bodies += drive(served.port, asked, seconds=3.0, rate=None, connections=CONNECTIONS, keep=True).bodies
        asked = outcomes(served.token, served.port, bodies)
    else:
        drive(served.port, asked, seconds=min(3.0, seconds), rate=goal.rate, connections=CONNECTIONS)
    before = served.memory_mb
    connections = SATURATED_CONNECTIONS if goal.rate is None else CONNECTIONS
    result = drive(served.port, asked, seconds=seconds, rate=goal.rate, connections=connections)
    return result, served.memory_mb - before


def line(goal: Goal, processes: int, result: Result, grown_mb: float) -> str:
    times = " | ".join(f"{result.percentile(share):.1f}" for share in (0.50, 0.95, 0.99))
    answered = f"{processes} | {result.rate:,.0f} | {times} | {len(result.errors)} | {grown_mb:+.0f}"
    return f"| {goal.name} | {goal.said()} | {answered} |"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=600.0, help="of each load")
    arguments.add_argument("--home", type=Path, help="kept, and used again; without one a new one is made")
    arguments.add_argument("--only", help="a word of the loads to run")
    arguments.add_argument("--processes", type=int, nargs="+", default=[1, 2], help="that decide, one after the other")
    given = arguments.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        home = prepare(given.home or Path(folder) / "home")
        for processes in given.processes:
            served = Served(home, processes)
            try:
                for goal in GOALS:
                    if given.only is None or given.only in goal.name:
                        result, grown_mb = measured(served, goal, given.seconds)
                        lines.append(line(goal, processes, result, grown_mb))
                        print(lines[-1], *dict.fromkeys(result.errors[:3]), flush=True)
            finally:
                served.close()
    text = "\n".join(
        [
            "## Decisions",
            "",
            "`python -m benchmarks.decide`: the product's own server over HTTP, a third each of authentication,",
            f"routing and retry, four models, every decision on disk before its answer; {given.seconds:.0f} s each,",
            "the load generator on the same cores; so many processes decide.",
            f"Measured on {machine()}.",
            "",
            "| load | wanted | processes | answered per second | p50 ms | p95 ms | p99 ms | errors | memory MB |",
            "|---|---|---|---|---|---|---|---|---|",
            *lines,
        ]
    )
    if given.only is None:
        write_section("decide", text)
    print(text)


if __name__ == "__main__":
    main()
