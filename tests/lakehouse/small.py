"""A small lakehouse for tests: hand-made tables over the real landing table, and rows with few columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from payment_analysis.lakehouse.bronze import LANDING, QUARANTINE
from payment_analysis.lakehouse.dialect import parse
from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.schema import columns_of, empty
from payment_analysis.lakehouse.table import Check, Column, Example, Table, load_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from payment_analysis.lakehouse.table import Kind, Layer, Source

START = datetime(2026, 1, 1, tzinfo=UTC)
SOURCES = {name: load_sources()[name] for name in (LANDING, QUARANTINE)}


def table(
    name: str,
    layer: Layer,
    sql: str,
    columns: Mapping[str, str],
    *,
    grain: tuple[str, ...],
    kind: Kind = "table",
    checks: tuple[Check, ...] = (),
    closure: tuple[tuple[str, ...], ...] = (),
) -> Table:
    """A definition made here and not read from files."""
    statement = parse(sql)
    steps = {cte.alias for cte in statement.find_all(exp.CTE)}
    return Table(
        name=name,
        layer=layer,
        kind=kind,
        statement=statement,
        sql=sql,
        reads=frozenset(found.name for found in statement.find_all(exp.Table)) - steps,
        description=f"Test table {name}.",
        grain=grain,
        columns={column: Column(word, "") for column, word in columns.items()},
        checks=checks,
        example=Example(),
        path=Path(name),
        closure=closure,
    )


def attempt(transaction_id: str, **known: object) -> dict[str, object]:
    """One landing row; what is not given is null, and equal content has an equal key."""
    row: dict[str, object] = {
        "transaction_id": transaction_id,
        "amount_minor": 1000,
        "currency": "EUR",
        "event_timestamp": START,
        "result": "approved",
        "_origin": "user",
        "_source": "canonical",
        "_ingested_at": START + timedelta(hours=1),
        **known,
    }
    content = sorted((name, str(value)) for name, value in row.items() if name != "_ingested_at")
    return {"_event_key": md5(repr(content).encode()).hexdigest(), **row}


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def landing_rows(rows: Iterable[Mapping[str, object]], source: Source = SOURCES[LANDING]) -> pa.RecordBatchReader:
    """Rows with the landing table's columns and types."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        schema = connection.sql(empty(columns_of(source))).to_arrow_table().schema
    return pa.Table.from_pylist(list(rows), schema=schema).to_reader()


def plain_lakehouse(home: Path, *tables: Table, sources: Mapping[str, Source] = SOURCES) -> Lakehouse:
    """A lakehouse of exactly these tables, without seeds."""
    return Lakehouse(home, tables={one.name: one for one in tables}, sources=sources, seeds={})


def land(lakehouse: Lakehouse, rows: Iterable[Mapping[str, object]], batch_id: str) -> Any:
    return lakehouse.landing.append(landing_rows(rows), batch_id=batch_id)


BRONZE = table(
    "events_bronze",
    "bronze",
    f"select * from {LANDING}",
    columns_of(SOURCES[LANDING]),
    grain=("_event_key",),
    checks=(
        Check("drop", "amount_minor >= 0", reason="negative_amount", field="amount_minor"),
        Check("drop", "transaction_id is not null", reason="missing_required", field="transaction_id"),
    ),
)
LATEST = table(
    "attempts_silver",
    "silver",
    """
    select transaction_id, payment_id, result, event_timestamp,
        row_number() over (partition by payment_id order by event_timestamp, transaction_id) as position
    from (
        select * from events_bronze
        qualify row_number() over (
            partition by transaction_id order by coalesce(updated_at, event_timestamp) desc, _event_key
        ) = 1
    )
    """,
    {
        "transaction_id": "string",
        "payment_id": "string",
        "result": "string",
        "event_timestamp": "timestamp",
        "position": "bigint",
    },
    grain=("transaction_id",),
    closure=(("transaction_id",), ("payment_id",)),
)
PAYMENTS = table(
    "paid_silver",
    "silver",
    "select payment_id, count(*) as attempts, max(event_timestamp) as event_timestamp "
    "from attempts_silver group by payment_id",
    {"payment_id": "string", "attempts": "bigint", "event_timestamp": "timestamp"},
    grain=("payment_id",),
    closure=(("payment_id",),),
)
