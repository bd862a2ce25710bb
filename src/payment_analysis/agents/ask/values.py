"""What the data holds that a question may name: values of open dimensions, the span of time, the currency."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

from payment_analysis.agents.ask.lexicon import VALUES_MAX, Lexicon
from payment_analysis.agents.ask.semantics import Kind, semantics
from payment_analysis.domain.errors import NotBuilt
from payment_analysis.domain.scope import TICK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from payment_analysis.lakehouse.query import QueryResult

ATTEMPTS: Final = "payments_enriched_silver"
_BY_OTHER: Final = frozenset(
    {"sale_country", "merchant_country", "attempt_number", "bin"}
)  # named with their dimension


class Warehouse(Protocol):
    """A lakehouse as questions need it: trusted rows, and guarded answers."""

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]: ...
    def query(self, sql: str, limit: int = ..., *, seconds: float = ...) -> QueryResult: ...


@dataclass(frozen=True)
class Held:
    """One state of the data."""

    values: Mapping[str, Mapping[str, str]]  # per dimension, spellings and the values they are
    first: datetime
    now: datetime  # a tick after the newest attempt
    currency: str

    @cached_property
    def lexicon(self) -> Lexicon:
        """The lexicon over these values."""
        return Lexicon(self.values)


def held(warehouse: Warehouse) -> Held:
    """Look at the data once; before there is an attempt there is nothing to ask about."""
    (span,) = warehouse.rows(f"select min(event_timestamp) as first, max(event_timestamp) as newest from {ATTEMPTS}")
    (clock,) = warehouse.rows("select max(as_of) as as_of, max(reporting_currency) as currency from data_clock")
    if span["first"] is None or clock["as_of"] is None:
        raise NotBuilt("there is no attempt yet", hint="run `payment-analysis up`, or ingest and build")
    found: dict[str, dict[str, str]] = {}
    for row in warehouse.rows(_values_sql()):
        found.setdefault(row["dimension"], {}).setdefault(row["spelling"], row["value"])
    return Held(found, span["first"], clock["as_of"] + TICK, clock["currency"] or "")


def _values_sql() -> str:
    """Every value of the open dimensions of attempts, and its readable name where it has one."""
    parts = []
    for dimension in semantics().dimensions.values():
        column = dimension.columns.get("attempts", "")
        if dimension.kind is not Kind.OPEN or not column or dimension.name in _BY_OTHER:
            continue
        for spelling in {column, dimension.shown.get("attempts", column)}:
            distinct = f"select distinct {spelling} as spelling, {column} as value from {ATTEMPTS}"
            parts.append(
                f"select '{dimension.name}' as dimension, cast(spelling as string) as spelling,"
                f" cast(value as string) as value from ({distinct} where {spelling} is not null limit {VALUES_MAX})"
            )
    return " union all ".join(parts)
