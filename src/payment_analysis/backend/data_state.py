"""Where answers come from and how old that is: every answer that carries data says so."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from payment_analysis.domain.scope import TICK

if TYPE_CHECKING:
    from payment_analysis.backend.dependencies import Warehouse

KEPT_SECONDS: Final = 1.0  # reading the clock takes a millisecond; a page asks twenty questions at once
ORIGIN_KEPT_SECONDS: Final = 30.0  # counting origins reads a column of the whole table: 30 ms at ten million attempts

Source = Literal["user", "simulated", "mixed", "examples"]


class Sourced(BaseModel):
    """An answer with its source and age."""

    source: Source = Field(
        description="user: somebody's own data; simulated: a world with known truth; mixed; or our examples."
    )
    as_of: datetime | None = Field(description="Instant of the newest attempt; null when there is none.")
    age_seconds: float | None = Field(description="From the newest attempt to now.")


@dataclass(frozen=True, slots=True)
class DataState:
    """The source and age of what the lakehouse holds now."""

    source: Source
    as_of: datetime | None
    age_seconds: float | None

    @property
    def now(self) -> datetime | None:
        """The end of ranges like `7d`: a tick after the newest attempt."""
        return None if self.as_of is None else self.as_of + TICK

    def fields(self) -> dict[str, Any]:
        """The fields of `Sourced`."""
        return {"source": self.source, "as_of": self.as_of, "age_seconds": self.age_seconds}

    def headers(self) -> dict[str, str]:
        """The same for answers that are not JSON."""
        as_of = "" if self.as_of is None else self.as_of.isoformat().replace("+00:00", "Z")
        return {"x-data-source": self.source, "x-data-as-of": as_of}


class DataStates:
    """Looks at the lakehouse at most once a second."""

    def __init__(self, warehouse: Warehouse, *, shows_examples: bool) -> None:
        self._warehouse = warehouse
        self._shows_examples = shows_examples
        self._lock = threading.Lock()
        self._as_of: tuple[float, datetime | None] | None = None
        self._source: tuple[float, Source] | None = None

    def at(self, now: datetime) -> DataState:
        """What the lakehouse holds; raises `NotBuilt` when nothing is built."""
        with self._lock:
            if self._as_of is None or time.monotonic() - self._as_of[0] > KEPT_SECONDS:
                (clock,) = self._warehouse.rows("select as_of from data_clock")
                self._as_of = (time.monotonic(), clock["as_of"])
            if self._source is None or time.monotonic() - self._source[0] > ORIGIN_KEPT_SECONDS:
                self._source = (time.monotonic(), self._origin())
            as_of, source = self._as_of[1], self._source[1]
        return DataState(source, as_of, None if as_of is None else (now - as_of).total_seconds())

    def _origin(self) -> Source:
        if self._shows_examples:
            return "examples"
        rows = self._warehouse.rows("select distinct _origin as origin from payments_enriched_silver")
        origins = {row["origin"] for row in rows}
        if origins == {"simulated"}:
            return "simulated"
        return "mixed" if "simulated" in origins else "user"


def _state(request: Request) -> DataState:
    states: DataStates = request.app.state.data_states
    return states.at(request.app.state.clock())


DataStateDep = Annotated[DataState, Depends(_state)]
