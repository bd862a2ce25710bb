"""A lakehouse of rows in memory, and a way to ask the application without a server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx

from payment_analysis.backend.app import create_app
from payment_analysis.backend.asking import Person
from payment_analysis.domain.roles import Role
from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse.home import Home
from payment_analysis.store.database import Database, given_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fastapi import FastAPI, Request

    from payment_analysis.domain.errors import PaymentAnalysisError
    from payment_analysis.lakehouse.lakehouse import Lakehouse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def simulated(home: Path, attempts: int, days: int) -> Lakehouse:
    """A built world that ends on the first of November."""
    made = Home(home)
    simulate(made, Order(attempts, days, 7, datetime(2026, 11, 1, tzinfo=UTC)))
    made.lakehouse().build()
    return made.lakehouse()


@dataclass(frozen=True)
class TableState:
    rows: int = 4
    committed_at: datetime = datetime(2026, 3, 1, 11, tzinfo=UTC)
    latest_event: datetime | None = datetime(2026, 3, 1, 10, tzinfo=UTC)


@dataclass
class Memory:
    """Answers every question with the same rows, or with an error."""

    tables: dict[str, TableState] = field(default_factory=dict)
    answer: list[dict[str, Any]] = field(default_factory=list)
    error: PaymentAnalysisError | ZeroDivisionError | None = None

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        if self.error is not None:
            raise self.error
        return self.answer

    def freshness(self) -> dict[str, TableState]:
        return self.tables


@dataclass(frozen=True)
class Always:
    """Everybody who asks is the same person; nobody, when there is no role."""

    role: Role | None = Role.ADMIN

    def who(self, request: Request) -> Person | None:
        return None if self.role is None else Person("p1", "ana", "Ana", self.role, "session")


def nowhere() -> Database:
    """A store that is down: nothing that does not need it may notice."""
    return Database(given_url("postgresql://nobody@/none?host=/nowhere"))


def application(warehouse: Memory, *, role: Role | None = Role.ADMIN) -> FastAPI:
    return create_app(warehouse, nowhere(), asking=Always(role), clock=lambda: NOW)


def ask(warehouse: Memory, path: str, *, host: str = "127.0.0.1:8000", method: str = "GET") -> httpx.Response:
    async def one() -> httpx.Response:
        app = application(warehouse)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path)

    return asyncio.run(one())
