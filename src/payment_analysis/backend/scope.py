"""The scope of a question over HTTP: the flat parameters of every page's address, and a lakehouse seen through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from payment_analysis.backend.dependencies import Warehouse, WarehouseDep
from payment_analysis.domain.errors import NotFound
from payment_analysis.domain.scope import TICK, Scope
from payment_analysis.lakehouse.scope import bound


class Compare(StrEnum):
    """Which earlier period a period is compared with."""

    PREVIOUS = "prev"
    WEEKDAYS = "weekdays"
    NONE = "none"


Values = Annotated[str | None, Query(description="Values between commas; `(none)` is the missing value.")]


def scope_of(  # noqa: PLR0917 - one parameter per part of the address
    warehouse: WarehouseDep,
    range_: Annotated[str | None, Query(alias="range", description="15m, 1h, 24h, 7d, 30d, 90d or custom.")] = None,
    from_: Annotated[str | None, Query(alias="from", description="A date or an ISO 8601 time.")] = None,
    to: Annotated[str | None, Query(description="A date or an ISO 8601 time; a date alone means its end.")] = None,
    network: Values = None,
    country: Values = None,
    segment: Values = None,
    solution: Values = None,
    entry_system: Values = None,
    merchant: Values = None,
    psp: Values = None,
    currency: Values = None,
    tz: Annotated[str | None, Query(description="Time zone of local times, an IANA name.")] = None,
) -> Scope:
    """Read the scope; a preset ends with the newest attempt, which is the data's own clock."""
    given = {"range": range_, "from": from_, "to": to, "network": network, "country": country, "segment": segment}
    given |= {"solution": solution, "entry_system": entry_system, "merchant": merchant, "psp": psp}
    given |= {"currency": currency, "tz": tz}
    return Scope.from_parameters({name: text for name, text in given.items() if text}, now=data_now(warehouse))


ScopeDep = Annotated[Scope, Depends(scope_of)]


def data_now(warehouse: Warehouse) -> datetime:
    """The instant just after the newest attempt."""
    rows = warehouse.rows("select as_of from data_clock")
    newest: datetime | None = rows[0]["as_of"] if rows else None
    if newest is None:
        raise NotFound("There is no attempt yet.", hint="Take an export in: payment-analysis ingest FILE, then build.")
    return newest + TICK


def earlier(scope: Scope, compare: Compare) -> Scope | None:
    """The period to compare with; null when nobody asked, or when the scope has no beginning."""
    if compare is Compare.NONE or scope.range is None:
        return None
    return scope.previous(same_weekdays=compare is Compare.WEEKDAYS)


@dataclass(frozen=True, slots=True)
class ScopedWarehouse:
    """The lakehouse as if it held only what is in scope."""

    warehouse: Warehouse
    scope: Scope

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        question = bound(sql, self.scope)
        return self.warehouse.rows(question.sql, {**(parameters or {}), **question.parameters})


class Period(BaseModel):
    """A stretch of time: start inclusive, end exclusive."""

    start: datetime = Field(description="First instant.")
    end: datetime = Field(description="The instant after the last one.")


def period_of(scope: Scope | None) -> Period | None:
    if scope is None or scope.range is None:
        return None
    return Period(start=scope.range[0], end=scope.range[1])
