"""What a route may ask for: the lakehouse and the store that were handed in, the time, and who is asking."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request

from payment_analysis.backend import access
from payment_analysis.backend.asking import Asking, Person
from payment_analysis.backend.deciding import Decisions
from payment_analysis.backend.model_registry import ModelRegistry
from payment_analysis.domain.errors import Unavailable
from payment_analysis.store.database import Database


class Freshness(Protocol):
    """How much a table holds and how old it is."""

    @property
    def rows(self) -> int: ...
    @property
    def committed_at(self) -> datetime: ...
    @property
    def latest_event(self) -> datetime | None: ...


class Warehouse(Protocol):
    """The lakehouse as the application sees it: rows for a question, and the state of its tables."""

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]: ...
    def freshness(self) -> Mapping[str, Freshness]: ...


class Writing(Protocol):
    """What people may add to the lakehouse."""

    def carry_review(self, review_id: str, review: Mapping[str, Any]) -> None: ...
    def replay(self, record: Mapping[str, Any], format_: str) -> str: ...


Clock = Callable[[], datetime]


def _warehouse(request: Request) -> Warehouse:
    warehouse: Warehouse = request.app.state.warehouse
    return warehouse


def _store(request: Request) -> Database:
    store: Database = request.app.state.store
    return store


def _writes(request: Request) -> Writing:
    writes: Writing | None = request.app.state.writes
    if writes is None:
        raise Unavailable("This application can only read its lakehouse.", hint="start it with payment-analysis serve")
    return writes


def _decisions(request: Request) -> Decisions:
    decisions: Decisions = request.app.state.decisions
    return decisions


async def _raw(request: Request) -> bytes:
    return await request.body()


def _models(request: Request) -> ModelRegistry:
    models: ModelRegistry | None = request.app.state.models
    if models is None:
        raise Unavailable("This application has no registry of models.", hint="start it with payment-analysis serve")
    return models


def _now(request: Request) -> datetime:
    clock: Clock = request.app.state.clock
    return clock()


def admitted(request: Request) -> Person | None:
    """Who is asking; everybody else was turned away. Every route depends on it."""
    asking: Asking = request.app.state.asking
    path = request.scope["route"].path
    is_open = access.ACCESS.get((request.method, path), access.ADMIN) is None
    person = None if is_open and not path.startswith("/api/auth/") else asking.who(request)
    access.admit(request.method, path, person)
    return person


def _person(person: Annotated[Person | None, Depends(admitted)]) -> Person:
    assert person is not None, "a route that asks for the person is open to nobody who is unknown"
    return person


WarehouseDep = Annotated[Warehouse, Depends(_warehouse)]
StoreDep = Annotated[Database, Depends(_store)]
DecisionsDep = Annotated[Decisions, Depends(_decisions)]
RawDep = Annotated[bytes, Depends(_raw)]
WritesDep = Annotated[Writing, Depends(_writes)]
ModelsDep = Annotated[ModelRegistry, Depends(_models)]
NowDep = Annotated[datetime, Depends(_now)]
PersonDep = Annotated[Person, Depends(_person)]
AnybodyDep = Annotated[Person | None, Depends(admitted)]
