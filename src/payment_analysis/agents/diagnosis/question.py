"""The attempts of two periods, asked from a lakehouse: all of them when they are few, else an even sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa

from payment_analysis.agents.diagnosis.attempts import COLUMNS, attempts_of
from payment_analysis.agents.diagnosis.diagnosis import Diagnosis, diagnose
from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.scope import TICK, Scope
from payment_analysis.lakehouse.scope import bound, scoped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from payment_analysis.agents.diagnosis.attempts import Attempts

PERIOD: Final = timedelta(days=1)
REFERENCE: Final = timedelta(days=28)  # whole weeks, long enough to know how an ordinary day varies
ROWS_MAX: Final = 100_000  # of the period; a sample of that many shows a drop of a seventh of a point
REFERENCE_ROWS_MAX: Final = 250_000
ATTEMPTS_MIN: Final = 200
SAMPLES: Final = {2: "8", 4: "4", 8: "2", 16: "1"}  # one in so many: the first hex digit of an id's md5 below this
SALES: Final = f"select {', '.join(COLUMNS)} from payments_enriched_silver where is_sale"


@runtime_checkable
class ArrowWarehouse(Protocol):
    """A lakehouse that answers in Arrow."""

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]: ...
    def table(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table: ...


@dataclass(frozen=True, slots=True)
class Periods:
    """What is compared with what."""

    now: Scope
    before: Scope


def periods(scope: Scope, *, clock: datetime, first: datetime) -> Periods:
    """The scope's range, or the last day of data, against the four weeks before it (or as long as it is itself)."""
    start, end = scope.range or (clock + TICK - PERIOD, clock + TICK)
    end = min(end, clock + TICK)
    if start >= end:
        raise BadInput(f"nothing is known from {start:%Y-%m-%d %H:%M} on", hint=f"data ends {clock:%Y-%m-%d %H:%M} UTC")
    since = max(first, start - max(REFERENCE, end - start))
    if since >= start:
        raise BadInput(
            f"there is no data before {start:%Y-%m-%d %H:%M} to compare with", hint="ask about a later period"
        )
    return Periods(replace(scope, start=start, end=end), replace(scope, start=since, end=start))


def diagnose_scope(warehouse: ArrowWarehouse, scope: Scope) -> tuple[Diagnosis, str]:
    """The diagnosis of a scope, and the SQL whose rows it was made from."""
    (known,) = warehouse.rows(
        "select min(event_timestamp) as first, max(event_timestamp) as newest from payments_enriched_silver"
    )
    if known["newest"] is None:
        raise BadInput("there are no attempts yet", hint="run `payment-analysis ingest` or `simulate`, then `build`")
    asked = periods(scope, clock=known["newest"], first=known["first"])
    table_now, weight_now = _read(warehouse, asked.now, ROWS_MAX)
    table_before, weight_before = _read(warehouse, asked.before, REFERENCE_ROWS_MAX)
    for rows, what in ((table_now, asked.now), (table_before, asked.before)):
        if rows.num_rows < ATTEMPTS_MIN and what.range is not None:
            raise BadInput(
                f"there are {rows.num_rows} sales from {what.range[0]:%Y-%m-%d %H:%M} to {what.range[1]:%m-%d %H:%M}",
                hint=f"a diagnosis needs {ATTEMPTS_MIN} in each period: ask about a longer one or a wider scope",
            )
    everything = attempts_of(pa.concat_tables([table_now, table_before]))
    cut = table_now.num_rows
    now = _weighted(everything.part(np.arange(cut)), weight_now)
    before = _weighted(everything.part(np.arange(cut, len(everything))), weight_before)
    return diagnose(now, before), scoped(SALES, asked.now)


def _weighted(attempts: Attempts, weight: float) -> Attempts:
    return replace(attempts, weight=weight)


def _read(warehouse: ArrowWarehouse, scope: Scope, rows_max: int) -> tuple[pa.Table, float]:
    counted = bound("select count(*) as sales from payments_enriched_silver where is_sale", scope)
    (row,) = warehouse.rows(counted.sql, counted.parameters)
    share = next((one for one in SAMPLES if row["sales"] <= one * rows_max), max(SAMPLES))
    sql = (
        SALES if row["sales"] <= rows_max else f"{SALES} and substring(md5(transaction_id), 1, 1) < '{SAMPLES[share]}'"
    )
    question = bound(sql, scope)
    table = warehouse.table(question.sql, question.parameters)
    return table, row["sales"] / max(table.num_rows, 1)
