"""Every definition is run on its own worked example: columns, types, rows and checks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from payment_analysis.lakehouse.dialect import duckdb_type, to_duckdb, typed_sql
from payment_analysis.lakehouse.table import Source, Table, load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = load_tables()
SOURCES = load_sources()


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        opened.execute("set threads = 1")
        yield opened


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_example_of_a_definition_holds(table: Table, connection: duckdb.DuckDBPyConnection) -> None:
    assert table.example.expect, "a definition has a worked example"
    _prepare(connection, table)

    order = f" order by {', '.join(table.example.order_by)}" if table.example.order_by else ""
    rows = _rows(connection, f"select * from ({typed_sql(table.statement, table.types)}){order}")

    assert len(rows) == len(table.example.expect), rows
    for row, expected in zip(rows, table.example.expect, strict=True):
        assert expected.keys() <= row.keys()
        assert {name: _plain(row[name]) for name in expected} == {
            name: _plain(value) for name, value in expected.items()
        }


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_definition_makes_exactly_the_documented_columns(table: Table, connection: duckdb.DuckDBPyConnection) -> None:
    _prepare(connection, table)

    made = [row["column_name"] for row in _rows(connection, f"describe {to_duckdb(table.statement)}")]

    assert sorted(map(str, made)) == sorted(table.columns)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_checks_hold_for_the_example(table: Table, connection: duckdb.DuckDBPyConnection) -> None:
    _prepare(connection, table)
    connection.execute(f"create table made as {typed_sql(table.statement, table.types)}")

    for check in table.checks:
        predicate = to_duckdb(f"select {check.predicate} as holds from made")
        broken = _rows(connection, f"select count(*) as broken from ({predicate}) where holds is not true")
        assert broken == [{"broken": 0}] or check.level == "warn", check.predicate


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_definition_over_no_data_runs_and_invents_nothing(
    table: Table, connection: duckdb.DuckDBPyConnection
) -> None:
    _prepare(connection, table, given=False)

    rows = _rows(connection, typed_sql(table.statement, table.types))

    counted = [value for row in rows for value in row.values() if isinstance(value, (int, float, Decimal))]
    assert not any(counted), rows


def _prepare(connection: duckdb.DuckDBPyConnection, table: Table, *, given: bool = True) -> None:
    """The tables a definition is computed from, holding the example's rows, and the views it looks through."""
    rows = table.example.given if given else {}
    assert rows.keys() <= TABLES.keys() | SOURCES.keys()
    below = _below(table, given=frozenset(rows))
    for name in sorted(below):
        defined = TABLES.get(name) or SOURCES[name]
        if name in rows or isinstance(defined, Source) or defined.kind == "table":
            columns = ", ".join(f"{column} {duckdb_type(c.type)}" for column, c in defined.columns.items())
            connection.execute(f"create table {name} ({columns})")
            for row in rows.get(name, []):
                connection.execute(
                    f"insert into {name} ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values())
                )
    for name, view in TABLES.items():  # in order of dependence
        if name in below and view.kind == "view" and name not in rows:
            connection.execute(f"create view {name} as {typed_sql(view.statement, view.types)}")


def _below(table: Table, *, given: frozenset[str]) -> set[str]:
    """What a definition and its checks read, and below its views what they read, down to what is given."""
    looked_up = {name for name in SOURCES if any(f" {name})" in check.predicate for check in table.checks)}
    waiting, needed = [table], looked_up
    while waiting:
        for name in waiting.pop().reads - needed:
            needed.add(name)
            if name in TABLES and TABLES[name].kind == "view" and name not in given:
                waiting.append(TABLES[name])
    return needed


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, object]]:
    result = connection.execute(sql)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _plain(value: object) -> object:
    """One spelling per value: numbers to twelve places, instants in UTC."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float, Decimal)):
        return round(Decimal(str(value)), 9).normalize()
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value
