"""What a route may ask for: the lakehouse that was handed in, and the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request


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


Clock = Callable[[], datetime]


def _warehouse(request: Request) -> Warehouse:
    warehouse: Warehouse = request.app.state.warehouse
    return warehouse


def _now(request: Request) -> datetime:
    clock: Clock = request.app.state.clock
    return clock()


WarehouseDep = Annotated[Warehouse, Depends(_warehouse)]
NowDep = Annotated[datetime, Depends(_now)]
