"""Landing: an event once, whatever arrives and however often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from tests.lakehouse.small import BRONZE, SOURCES, at, attempt, land, landing_rows, plain_lakehouse

from payment_analysis.lakehouse.bronze import LANDING
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.landing import Appended

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.lakehouse import Lakehouse


@pytest.fixture
def lakehouse(tmp_path: Path) -> Lakehouse:
    return plain_lakehouse(tmp_path, BRONZE)


def keys(lakehouse: Lakehouse) -> list[object]:
    rows = lakehouse.rows(f"select _event_key from {LANDING} order by transaction_id, _event_key")
    return [row["_event_key"] for row in rows]


def test_new_events_are_added(lakehouse: Lakehouse) -> None:
    appended = land(lakehouse, [attempt("a1"), attempt("a2")], "one")

    assert appended == Appended(added=2, already_known=0)
    assert len(keys(lakehouse)) == 2


def test_a_batch_that_was_committed_adds_nothing_when_it_is_replayed(lakehouse: Lakehouse) -> None:
    land(lakehouse, [attempt("a1")], "one")

    appended = land(lakehouse, [attempt("a1"), attempt("a2")], "one")

    assert appended == Appended(added=0, already_known=2)
    assert len(keys(lakehouse)) == 1


def test_an_overlapping_batch_adds_only_what_is_new(lakehouse: Lakehouse) -> None:
    land(lakehouse, [attempt("a1"), attempt("a2", event_timestamp=at(90))], "one")

    appended = land(lakehouse, [attempt("a2", event_timestamp=at(90)), attempt("a3")], "two")

    assert appended == Appended(added=1, already_known=1)
    assert len(set(keys(lakehouse))) == 3


def test_an_event_that_is_repeated_within_a_batch_is_added_once(lakehouse: Lakehouse) -> None:
    appended = land(lakehouse, [attempt("a1"), attempt("a1"), attempt("a2")], "one")

    assert appended == Appended(added=2, already_known=1)


def test_another_state_of_the_same_attempt_is_another_event(lakehouse: Lakehouse) -> None:
    land(lakehouse, [attempt("a1", result="pending")], "one")

    appended = land(lakehouse, [attempt("a1", result="approved")], "two")

    assert appended == Appended(added=1, already_known=0)
    assert len(keys(lakehouse)) == 2


def test_an_empty_batch_is_no_commit(lakehouse: Lakehouse, tmp_path: Path) -> None:
    land(lakehouse, [attempt("a1")], "one")

    appended = land(lakehouse, [], "two")

    assert appended == Appended(added=0, already_known=0)
    assert DeltaStore(tmp_path / "tables").version(LANDING) == 1


def test_a_staged_file_of_new_events_becomes_a_file_of_the_table(lakehouse: Lakehouse, tmp_path: Path) -> None:
    staged = tmp_path / "staged.parquet"
    pq.write_table(landing_rows([attempt("a1"), attempt("a2", event_timestamp=at(5))]).read_all(), staged)

    lakehouse.landing.append([staged], batch_id="one")

    (file,) = DeltaStore(tmp_path / "tables").snapshot(LANDING).files
    assert file.path.samefile(staged)
    assert (file.rows, file.earliest, file.latest) == (2, at(0), at(5))


def test_a_staged_file_with_other_types_is_written_anew(lakehouse: Lakehouse, tmp_path: Path) -> None:
    staged = tmp_path / "staged.parquet"
    rows = landing_rows([attempt("a1")]).read_all()
    position = rows.schema.get_field_index("amount_minor")
    pq.write_table(rows.set_column(position, "amount_minor", rows["amount_minor"].cast("int32")), staged)

    lakehouse.landing.append([staged], batch_id="one")

    (file,) = DeltaStore(tmp_path / "tables").snapshot(LANDING).files
    assert not file.path.samefile(staged)
    assert lakehouse.rows(f"select typeof(amount_minor) as kind from {LANDING}") == [{"kind": "BIGINT"}]


def test_a_stream_leaves_nothing_behind_in_the_scratch_folder(lakehouse: Lakehouse, tmp_path: Path) -> None:
    land(lakehouse, [attempt("a1")], "one")

    assert list((tmp_path / "scratch").glob("*.parquet")) == []


def test_rejected_rows_are_kept_once(lakehouse: Lakehouse) -> None:
    row = {"quarantine_id": "q1", "reason": "not_a_number", "field": "amount", "record": "{}"}
    source = SOURCES["payments_quarantine_bronze"]
    lakehouse.quarantine.append(landing_rows([row], source), batch_id="one")

    appended = lakehouse.quarantine.append(landing_rows([row], source), batch_id="two")

    assert appended == Appended(added=0, already_known=1)
