"""Data files that lack columns of their table, and tables that were made before a column was known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from tests.lakehouse.small import BRONZE, LATEST, SOURCES, at, attempt, landing_rows, plain_lakehouse

from payment_analysis.lakehouse.bronze import LANDING, QUARANTINE
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.maintenance import SMALL_FILES_MAX
from payment_analysis.lakehouse.schema import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from payment_analysis.lakehouse.lakehouse import Lakehouse

COLUMNS = columns_of(SOURCES[LANDING])


def land_sparse(lakehouse: Lakehouse, home: Path, batch: str, rows: Iterable[dict[str, object]]) -> Path:
    """Land a staged file that has only the columns which carry a value."""
    held = landing_rows(rows).read_all()
    staged = home / f"{batch}.parquet"
    pq.write_table(held.select([name for name in held.column_names if held[name].null_count < len(held)]), staged)
    lakehouse.landing.append([staged], batch_id=batch)
    return staged


@pytest.fixture
def lakehouse(tmp_path: Path) -> Lakehouse:
    """Two files of landing: one without `psp`, one without `payment_id`; neither has most of the others."""
    lakehouse = plain_lakehouse(tmp_path, BRONZE, LATEST)
    land_sparse(lakehouse, tmp_path, "one", [attempt("a1", payment_id="p1")])
    land_sparse(lakehouse, tmp_path, "two", [attempt("a2", psp="psp_a", event_timestamp=at(1))])
    return lakehouse


def seen(lakehouse: Lakehouse, table: str) -> list[tuple[Any, ...]]:
    rows = lakehouse.rows(f"select transaction_id, payment_id, psp, issuer from {table} order by transaction_id")
    return [tuple(row.values()) for row in rows]


BOTH = [("a1", "p1", None, None), ("a2", None, "psp_a", None)]


def test_a_file_without_some_columns_becomes_a_file_of_the_table(lakehouse: Lakehouse, tmp_path: Path) -> None:
    staged = land_sparse(lakehouse, tmp_path, "three", [attempt("a3", event_timestamp=at(2))])

    files = DeltaStore(tmp_path / "tables").snapshot(LANDING).files
    assert len(pq.read_schema(staged).names) < len(COLUMNS)
    assert any(file.path.samefile(staged) for file in files)


def test_absent_columns_are_null_to_every_reader(lakehouse: Lakehouse, tmp_path: Path) -> None:
    lakehouse.build()

    for table in (LANDING, "events_bronze"):
        arrow = DeltaTable(tmp_path / "tables" / table).to_pyarrow_table()
        delta = sorted((r["transaction_id"], r["payment_id"], r["psp"], r["issuer"]) for r in arrow.to_pylist())
        asked = lakehouse.query(f"select * from {table} where psp is null")
        assert seen(lakehouse, table) == delta == BOTH
        assert (asked.columns, len(asked.rows)) == (list(COLUMNS), 1)
        assert arrow.column_names == list(COLUMNS)


def test_a_build_goes_on_from_files_without_columns(lakehouse: Lakehouse, tmp_path: Path) -> None:
    lakehouse.build()
    land_sparse(lakehouse, tmp_path, "three", [attempt("a1", payment_id="p1", result="declined", updated_at=at(9))])

    lakehouse.build()

    rows = lakehouse.rows("select transaction_id, result from attempts_silver order by transaction_id")
    assert [tuple(row.values()) for row in rows] == [("a1", "declined"), ("a2", "approved")]


def test_rows_that_break_a_check_are_found_in_files_without_columns(lakehouse: Lakehouse, tmp_path: Path) -> None:
    land_sparse(lakehouse, tmp_path, "bad", [attempt("a3", amount_minor=-1), attempt("a4")])

    lakehouse.build()

    reasons = lakehouse.rows(f"select reason, field from {QUARANTINE}")
    assert reasons == [{"reason": "negative_amount", "field": "amount_minor"}]
    assert [row[0] for row in seen(lakehouse, "events_bronze")] == ["a1", "a2", "a4"]


def test_an_event_that_is_known_is_not_added_again_without_columns(lakehouse: Lakehouse, tmp_path: Path) -> None:
    land_sparse(lakehouse, tmp_path, "again", [attempt("a1", payment_id="p1"), attempt("a3", event_timestamp=at(3))])

    assert seen(lakehouse, LANDING) == [*BOTH, ("a3", None, None, None)]


def test_compaction_keeps_what_the_files_have(lakehouse: Lakehouse, tmp_path: Path) -> None:
    for batch in range(SMALL_FILES_MAX):
        land_sparse(lakehouse, tmp_path, f"b{batch}", [attempt(f"b{batch}", event_timestamp=at(10 + batch))])
    before = seen(lakehouse, LANDING)

    lakehouse.maintain()

    assert len(DeltaStore(tmp_path / "tables").snapshot(LANDING).files) == 1
    assert seen(lakehouse, LANDING) == before


def test_the_compaction_of_delta_itself_keeps_what_the_files_have(lakehouse: Lakehouse, tmp_path: Path) -> None:
    lakehouse.build()
    DeltaTable(tmp_path / "tables" / LANDING).optimize.compact()

    assert len(DeltaStore(tmp_path / "tables").snapshot(LANDING).files) == 1
    assert seen(lakehouse, LANDING) == BOTH
    assert not lakehouse.build().changed


def test_a_home_from_before_a_column_was_known_takes_new_files(tmp_path: Path) -> None:
    older_columns = {name: column for name, column in SOURCES[LANDING].columns.items() if name != "psp"}
    older = SOURCES | {LANDING: replace(SOURCES[LANDING], columns=older_columns)}
    older_bronze = replace(BRONZE, columns=older_columns)
    before = plain_lakehouse(tmp_path, older_bronze, LATEST, sources=older)
    staged = tmp_path / "old.parquet"
    pq.write_table(landing_rows([attempt("a1", payment_id="p1")], older[LANDING]).read_all(), staged)
    before.landing.append([staged], batch_id="old")
    before.build()
    now = plain_lakehouse(tmp_path, BRONZE, LATEST)

    land_sparse(now, tmp_path, "new", [attempt("a2", psp="psp_a", event_timestamp=at(1))])
    now.build()

    for table in (LANDING, "events_bronze"):
        arrow = DeltaTable(tmp_path / "tables" / table).to_pyarrow_table()
        assert {(r["transaction_id"], r["psp"]) for r in arrow.to_pylist()} == {("a1", None), ("a2", "psp_a")}
        assert seen(now, table) == BOTH
    assert not now.build().changed


def test_a_build_alone_adds_the_columns_and_takes_no_row_twice(tmp_path: Path) -> None:
    columns = {name: column for name, column in SOURCES[QUARANTINE].columns.items() if name != "_file_digest"}
    older = SOURCES | {QUARANTINE: replace(SOURCES[QUARANTINE], columns=columns)}
    before = plain_lakehouse(tmp_path, BRONZE, sources=older)
    row = {"quarantine_id": "q1", "reason": "not_a_number", "field": "amount", "record": "{}"}
    before.quarantine.append(landing_rows([row], older[QUARANTINE]), batch_id="old")
    now = plain_lakehouse(tmp_path, BRONZE)

    now.build()
    again = now.quarantine.append(landing_rows([row], SOURCES[QUARANTINE]), batch_id="new")

    assert (again.added, again.already_known) == (0, 1)
    assert now.rows(f"select quarantine_id, _file_digest from {QUARANTINE}") == [
        {"quarantine_id": "q1", "_file_digest": None}
    ]
