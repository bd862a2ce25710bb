"""Databricks SQL keeps its meaning on DuckDB, and definitions avoid what engines disagree on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb
import pytest

from payment_analysis.domain.errors import BadQuery
from payment_analysis.lakehouse.dialect import parse, to_duckdb, typed_sql
from payment_analysis.lakehouse.lint import lint
from payment_analysis.lakehouse.table import Table, load_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = load_tables()

# What Databricks gives (measured on Spark 4.3 in spec/engine_detail.md §3, or its documentation).
VALUES = """
    dayofweek(timestamp '2024-01-07 10:00:00')                                             | 1
    dayofweek(date '2024-01-06')                                                           | 7
    weekday(date '2024-01-01')                                                             | 0
    cast(2.5 as int)                                                                       | 2
    cast(-2.7 as bigint)                                                                   | -2
    cast('7' as int)                                                                       | 7
    bigint(3.9)                                                                            | 3
    2.7::int                                                                               | 2
    try_cast('x' as int)                                                                   | None
    7 div 2                                                                                | 3
    -7 div 2                                                                               | -3
    7 div 0                                                                                | None
    1 / 0                                                                                  | None
    7 % 0                                                                                  | None
    1 / 4                                                                                  | 0.25
    pmod(-7, 3)                                                                            | 2
    timestampdiff(HOUR, timestamp '2024-01-01 00:30:00', timestamp '2024-01-01 02:00:00')  | 1
    timestampdiff(MINUTE, timestamp '2024-01-01 00:00:59', timestamp '2024-01-01 00:01:00') | 0
    datediff(date '2024-01-03', timestamp '2024-01-01 23:00:00')                           | 2
    unix_timestamp(timestamp '1970-01-01 00:01:00.9')                                      | 60
    unix_seconds(timestamp '1970-01-01 00:01:00.9')                                        | 60
    substr('abc', 0, 2)                                                                    | ab
    substring('abc', 2, 2)                                                                 | bc
    concat('a', null)                                                                      | None
    concat_ws('+', 'a', null, 'b')                                                         | a+b
    hour(timestamp '2024-01-01 13:59:59')                                                  | 13
    nvl(null, 1)                                                                           | 1
    if(true, 1, 2)                                                                         | 1
    'abc' rlike '^a'                                                                       | True
    null <=> null                                                                          | True
    try_divide(1, 0)                                                                       | None
"""

AGGREGATES = """
    count_if(x > 1)                                    | 3
    percentile(x, 0.5)                                 | 2.5
    percentile(x, 0.5) + percentile(x, 0.25)           | 4.25
    percentile(x, 0.5) filter (where x > 2) + percentile(x, 0.25) filter (where x < 3) | 4.75
    percentile_disc(0.5) within group (order by x)     | 2
    max_by(label, x)                                   | None
    min_by(label, x)                                   | a
    some(x = 4)                                        | True
    every(x > 1)                                       | False
    count(*) filter (where label is not null)          | 2
"""

REFUSALS = """
    hash(1)                     | hash
    xxhash64(1)                 | xxhash64
    conv('a', 16, 10)           | conv
    bround(2.5, 0)              | bround
    from_json('{}', 'a int')    | from_json
"""

COMPLAINTS = """
    select round(x, 2) from t                              | rounds doubles
    select avg(x) from t                                   | another type per engine
    select current_date() as d                             | wall clock
    select now() as d                                      | wall clock
    select a / b as c from t                               | divide by zero
    select cast(x as int) as c from t                      | truncates
    select percentile_approx(x, 0.5) from t                | sketch
    select count(distinct transaction_id) as n from t      | every transaction_id
    select day(x) as d, count(*) as n from t group by day(x) | plain column
    select x, count(*) as n from t group by all            | hides the grain
    select x from t order by x                             | order belongs
    select x from t limit 1                                | belongs to the reader
    select xxhash64(x) as h from t                         | not a function
    select weekday(x) as h from t                          | not a function
    select rand() as h from t                              | not repeatable
"""

CLEAN = """
    select sum(x) / nullif(count(x), 0) as c from t
    select cast(row_number() over (order by x) as int) as c from t
    select cast(x as decimal(10, 2)) / 2 as c from t
    select count(distinct merchant_id) as n, day from t group by day
    select percentile_disc(0.5) within group (order by x) as m from t
"""


def _cases(text: str) -> list[tuple[str, str]]:
    pairs = (line.rsplit("|", 1) for line in text.strip().splitlines())
    return [(left.strip(), right.strip()) for left, right in pairs]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        yield opened


@pytest.mark.parametrize(("expression", "value"), _cases(VALUES))
def test_an_expression_has_the_value_databricks_gives(
    expression: str, value: str, connection: duckdb.DuckDBPyConnection
) -> None:
    found = connection.execute(to_duckdb(f"select {expression}")).fetchall()

    assert str(found[0][0]) == value


@pytest.mark.parametrize(("expression", "value"), _cases(AGGREGATES))
def test_an_aggregate_has_the_value_databricks_gives(
    expression: str, value: str, connection: duckdb.DuckDBPyConnection
) -> None:
    table = "(select * from values (1, 'a'), (2, 'b'), (3, null), (4, null) as v (x, label))"

    found = connection.execute(to_duckdb(f"select {expression} from {table}")).fetchall()

    assert str(found[0][0]) == value


@pytest.mark.parametrize(("expression", "name"), _cases(REFUSALS))
def test_a_function_engines_disagree_on_is_refused_with_its_name_and_a_way_out(expression: str, name: str) -> None:
    with pytest.raises(BadQuery, match=f"function {name} is not available") as caught:
        to_duckdb(f"select {expression}")

    assert caught.value.hint.startswith("Instead, ")


def test_rules_reach_expressions_inside_each_other(connection: duckdb.DuckDBPyConnection) -> None:
    sql = "select sum(case when dayofweek(d) = 1 then 1 / x end) as s from values (date '2024-01-07', 0) as v (d, x)"

    assert connection.execute(to_duckdb(sql)).fetchall() == [(None,)]


def test_a_syntax_error_says_where() -> None:
    with pytest.raises(BadQuery, match="line 1"):
        parse("select from where")


def test_two_statements_are_refused() -> None:
    with pytest.raises(BadQuery, match="found 2"):
        parse("select 1; select 2")


def test_nothing_is_refused() -> None:
    with pytest.raises(BadQuery, match="found 0"):
        parse("  ")


def test_translating_leaves_the_given_expression_as_it_was() -> None:
    tree = parse("select count_if(a) from t")
    before = tree.sql("databricks")

    to_duckdb(tree)

    assert tree.sql("databricks") == before


def test_typed_sql_casts_to_the_contract_in_its_order(connection: duckdb.DuckDBPyConnection) -> None:
    types = {"at": "timestamp", "n": "bigint", "share": "double", "money": "decimal(18,3)"}
    sql = typed_sql(parse("select 1 as n, 0.5 as share, 2 as money, timestamp '2024-01-01 00:00:00' as at"), types)

    result = connection.execute(sql)

    assert [column[0] for column in result.description or []] == list(types)
    (row,) = result.fetchall()
    assert row[0].astimezone(UTC) == datetime(2024, 1, 1, tzinfo=UTC)
    assert [str(kind) for kind in connection.sql(sql).types] == [
        "TIMESTAMP WITH TIME ZONE",
        "BIGINT",
        "DOUBLE",
        "DECIMAL(18,3)",
    ]


@pytest.mark.parametrize(("sql", "word"), _cases(COMPLAINTS))
def test_lint_complains_in_a_sentence(sql: str, word: str) -> None:
    complaints = lint(parse(sql))

    assert any(word in complaint and complaint.endswith(".") for complaint in complaints), complaints


@pytest.mark.parametrize("sql", [line.strip() for line in CLEAN.strip().splitlines()])
def test_lint_is_silent_about_what_is_safe(sql: str) -> None:
    assert lint(parse(sql)) == []


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_no_definition_contains_what_engines_disagree_on(table: Table) -> None:
    assert lint(table.statement) == []
