"""A scope and the period it is compared with: the lakehouse as if it held only that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from payment_analysis.backend.dependencies import Warehouse
from payment_analysis.domain.scope import Scope
from payment_analysis.lakehouse.scope import bound


class Compare(StrEnum):
    """Which earlier period a period is compared with."""

    PREVIOUS = "prev"
    WEEKDAYS = "weekdays"
    NONE = "none"


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
