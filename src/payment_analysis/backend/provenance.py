"""Where an answer's numbers come from, of which version they are, and how old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Protocol

from pydantic import BaseModel, Field

from payment_analysis.backend.report_parts import DataSource
from payment_analysis.domain.errors import NotBuilt

ATTEMPTS: Final = "payments_enriched_silver"


class VersionedFreshness(Protocol):
    """How much a table holds, how old it is, and its version."""

    @property
    def rows(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def committed_at(self) -> datetime: ...
    @property
    def latest_event(self) -> datetime | None: ...


class Versioned(Protocol):
    """A lakehouse that can tell the state of one table."""

    def __hash__(self) -> int: ...
    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]: ...
    def freshness(self, names: Sequence[str] | None = None) -> Mapping[str, VersionedFreshness]: ...


class Provenance(BaseModel):
    """Source, version and age of the data behind an answer."""

    sources: list[DataSource] = Field(description="Where the attempts came from.")
    is_simulated: bool = Field(description="True when any attempt is simulated.")
    version: int = Field(description="Version of the table of attempts; grows with every build that changed it.")
    attempts: int = Field(description="Attempts in the lakehouse.")
    currency: str | None = Field(description="Currency of every amount; null before anything has one.")
    as_of: datetime | None = Field(description="The data's own clock: the instant of its newest attempt.")
    built_at: datetime = Field(description="When the table of attempts was last built.")
    age_seconds: float | None = Field(description="From the newest attempt to now.")


def provenance(warehouse: Versioned, now: datetime) -> Provenance:
    """The state of the attempts; before anything is built there is no answer to give it to."""
    state = warehouse.freshness([ATTEMPTS]).get(ATTEMPTS)
    if state is None:
        raise NotBuilt(f"table {ATTEMPTS} is not built yet", hint="run `payment-analysis build`")
    sources, as_of, currency = _facts(warehouse, state.version)
    return Provenance(
        sources=list(sources),
        is_simulated=any(source.origin == "simulated" for source in sources),
        version=state.version,
        attempts=state.rows,
        currency=currency,
        as_of=as_of,
        built_at=state.committed_at,
        age_seconds=(now - as_of).total_seconds() if as_of else None,
    )


@lru_cache(maxsize=16)  # a few lakehouses at their newest versions
def _facts(warehouse: Versioned, _version: int) -> tuple[tuple[DataSource, ...], datetime | None, str | None]:
    """What changes only with the data: who sent the attempts, its clock and its currency."""
    sent = warehouse.rows(
        f"select _origin as origin, _source as format, count(*) as attempts from {ATTEMPTS}"
        " group by _origin, _source order by attempts desc, origin, format"
    )
    (clock,) = warehouse.rows("select max(as_of) as as_of, max(reporting_currency) as currency from data_clock")
    return tuple(DataSource(**row) for row in sent), clock["as_of"], clock["currency"]
