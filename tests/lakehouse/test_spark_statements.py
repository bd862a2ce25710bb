"""The SQL that Spark is given, looked at as text; that it gives equal rows is proved by running it."""

from __future__ import annotations

import pytest
from tests.lakehouse.small import BRONZE, table

from payment_analysis.lakehouse.bronze import LANDING, QUARANTINE
from payment_analysis.lakehouse.spark.datasets import datasets, stored_names
from payment_analysis.lakehouse.spark.statements import ddl, literal, looks_elsewhere, stored
from payment_analysis.lakehouse.table import Check, load_sources, load_tables


def test_a_definition_reaches_spark_as_it_is_written() -> None:
    definitions = load_tables().values()

    assert all(definition.sql in stored(definition) for definition in definitions)


def test_a_drop_check_filters_and_a_fail_check_refuses() -> None:
    checked = table(
        "kept",
        "bronze",
        f"select result from {LANDING}",
        {"result": "string"},
        grain=("result",),
        checks=(Check("drop", "result <> ''"), Check("fail", "result <> 'it''s'"), Check("warn", "result = 'a'")),
    )

    sql = stored(checked)

    assert "where ((result <> '') is true)" in sql
    assert "case when not ((result <> 'it''s') is true) then raise_error('table kept: rows break the check `" in sql
    assert sql.count("else `result` end as `result`") == 1
    assert "result = 'a'" not in sql


@pytest.mark.parametrize(
    ("predicate", "elsewhere"),
    [
        ("amount_minor >= 0", False),
        ("currency in (select code from currencies)", True),
        ("a in ('select', 'b')", False),
    ],
)
def test_a_check_that_reads_another_table_is_recognised(predicate: str, *, elsewhere: bool) -> None:
    assert looks_elsewhere(Check("drop", predicate)) is elsewhere


def test_a_literal_keeps_quotes_and_backslashes() -> None:
    assert literal(r"it's \1") == r"'it\'s \\1'"


def test_every_column_is_declared_with_its_meaning() -> None:
    assert ddl(load_sources()["currencies"]).startswith("`code` string COMMENT 'ISO 4217 alphabetic code.', ")
    assert ddl(BRONZE).count(" COMMENT ") == len(BRONZE.columns)


def test_the_pipeline_holds_every_table_with_what_it_reads_and_no_gold_view() -> None:
    tables = load_tables()

    assert {name for name, table in tables.items() if table.kind == "table"} < set(stored_names())
    assert {LANDING, QUARANTINE, "decline_knowledge", "attempt_chains_silver"} < datasets()
    assert [name for name in datasets() if name in tables and tables[name].layer == "gold"] == []
