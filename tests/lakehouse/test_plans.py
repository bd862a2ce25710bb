"""Plans are kept and still answer over the rows that are shown when they are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.stream.plans import Plans

if TYPE_CHECKING:
    from pathlib import Path

COUNTED = "select count(word) as words, coalesce(max(number), 0) as highest from rows where number is not null"


def rows(*numbers: int | None) -> pa.Table:
    return pa.table(
        {"number": pa.array(numbers, pa.int32()), "word": ["a word too long to stand in line"] * len(numbers)}
    )


def test_a_plan_made_over_rows_of_nulls_answers_over_others() -> None:
    plans = Plans(duckdb.connect())
    plans.show("rows", rows(None, None))
    before = plans.execute(COUNTED).fetchall()

    plans.show("rows", rows(7, None, 9))

    assert before == [(0, 0)]
    assert plans.execute(COUNTED).fetchall() == [(2, 9)]
    assert plans.table(COUNTED).to_pylist() == [{"words": 2, "highest": 9}]
    assert plans.arrays(COUNTED)["highest"].tolist() == [9]


def test_a_statement_is_prepared_once() -> None:
    plans = Plans(duckdb.connect())

    for number in range(3):
        plans.show("rows", rows(number))
        plans.table(COUNTED)

    (prepared,) = plans.connection.execute("select count(*) from duckdb_prepared_statements()").fetchall()
    assert prepared == (1,)


def test_what_a_plan_writes_is_seen_by_other_connections() -> None:
    connection = duckdb.connect()
    connection.execute("create table kept (number int, word varchar)")
    plans = Plans(connection.cursor())

    for number in range(3):
        plans.show("rows", rows(number))
        plans.execute("insert into kept from rows").fetchall()
        connection.execute("create or replace table other (number int)")

    assert connection.execute("select count(*), max(number) from kept").fetchall() == [(3, 2)]


def test_a_name_keeps_its_columns() -> None:
    plans = Plans(duckdb.connect())
    plans.show("rows", rows(1))

    with pytest.raises(AssertionError, match="other columns of rows"):
        plans.show("rows", rows(1).drop_columns(["word"]))


def test_cursors_speak_utc_wherever_the_machine_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/Lima")

    with duck.worker(tmp_path, memory_mb=100) as connection, connection.cursor() as cursor:
        assert cursor.execute("select current_setting('TimeZone')").fetchall() == [("UTC",)]
