"""A lakehouse in memory for tests of gold: seeds as they are, silver as given, every view as it is defined."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb

from payment_analysis.lakehouse.dialect import duckdb_type, to_duckdb, typed_sql
from payment_analysis.lakehouse.seeds import SEEDS
from payment_analysis.lakehouse.table import load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Row = dict[str, Any]
    Ask = Callable[[str], list[Row]]

TABLES = load_tables()
SOURCES = load_sources()
NOW = datetime(2026, 3, 31, 12, 34, tzinfo=UTC)
NEEDED_SEEDS = (
    "alert_thresholds",
    "countries",
    "currencies",
    "decline_reasons",
    "irreversible_codes",
    "retry_rules",
    "visa_categories",
)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def attempt(transaction_id: str, **known: object) -> Row:
    """A silver row of an approved sale; a declined one is derived from `result`."""
    result = known.get("result", "approved")
    declined_by = known.get("declined_by_resolved", "issuer" if result == "declined" else None)
    answered = result == "approved" or (result == "declined" and declined_by in {"issuer", "network"})
    at = known.get("event_timestamp", NOW)
    assert isinstance(at, datetime)
    return {
        "transaction_id": transaction_id,
        "is_sale": True,
        "event_timestamp": at,
        "event_date": at.date(),
        "result": result,
        "declined_by_resolved": declined_by,
        "is_approved": {"approved": True, "declined": False}.get(str(result)),
        "is_authorization": answered,
        "is_blocked": result == "declined" and not answered,
        "is_first_attempt": True,
        "position_in_payment": 1,
        "is_retry": False,
        "transaction_stage": "entry_response",
        "amount_minor": 1000,
        "currency": "EUR",
        "reporting_amount": 10,
        "reporting_currency": "EUR",
        **known,
    }


@contextmanager
def gold(attempts: Iterable[Mapping[str, object]], others: Mapping[str, list[Row]] | None = None) -> Iterator[Ask]:
    """Ask any view over these attempts; the data's clock stands at the latest of them."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set threads = 1")
        columns_of = {name: source.columns for name, source in SOURCES.items()}
        columns_of |= {name: table.columns for name, table in TABLES.items() if table.kind == "table"}
        for name, defined in columns_of.items():
            columns = ", ".join(f"{column} {duckdb_type(kind.type)}" for column, kind in defined.items())
            connection.execute(f"create table {name} ({columns})")
        rows: dict[str, list[Row]] = {"payments_enriched_silver": [dict(row) for row in attempts], **(others or {})}
        rows |= {name: [dict(row) for row in SEEDS[name]("EUR")] for name in NEEDED_SEEDS}
        for name, listed in rows.items():
            _insert(connection, name, listed)
        connection.execute(
            "insert into data_clock select max(event_timestamp), max(reporting_currency) from payments_enriched_silver"
        )
        for name, table in TABLES.items():
            if table.kind == "view":
                connection.execute(f"create view {name} as {typed_sql(table.statement, table.types)}")
        yield lambda sql: _asked(connection, sql)


def _insert(connection: duckdb.DuckDBPyConnection, name: str, rows: list[Row]) -> None:
    for columns in {tuple(row) for row in rows}:
        same = [[row[column] for column in columns] for row in rows if tuple(row) == columns]
        listed, marks = ", ".join(columns), ", ".join("?" * len(columns))
        connection.executemany(f"insert into {name} ({listed}) values ({marks})", same)


def _asked(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    result = connection.execute(to_duckdb(sql))
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
