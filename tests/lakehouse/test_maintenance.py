"""Maintenance: fewer files, the same rows, and nobody is disturbed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lakehouse.small import BRONZE, LATEST, at, attempt, land, plain_lakehouse

from payment_analysis.lakehouse.bronze import LANDING
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.halt import Halt
from payment_analysis.lakehouse.maintenance import COMMITS_PER_CHECKPOINT, SMALL_FILES_MAX

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.lakehouse import Lakehouse


def many_batches(lakehouse: Lakehouse, batches: int) -> None:
    for batch in range(batches):
        land(lakehouse, [attempt(f"a{batch}", event_timestamp=at(batches - batch))], f"batch {batch}")


def test_many_small_files_become_one_in_order_of_time(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE)
    many_batches(lakehouse, SMALL_FILES_MAX + 1)

    (done,) = lakehouse.maintain()

    (file,) = DeltaStore(tmp_path / "tables").snapshot(LANDING).files
    times = [row["event_timestamp"] for row in lakehouse.rows(f"select event_timestamp from {LANDING}")]
    assert (done.table, done.files_compacted, file.rows) == (LANDING, SMALL_FILES_MAX + 1, SMALL_FILES_MAX + 1)
    assert times == sorted(times)


def test_few_files_are_left_alone(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE)
    many_batches(lakehouse, 3)

    assert lakehouse.maintain() == ()


def test_after_a_halt_no_table_is_begun(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE)
    many_batches(lakehouse, SMALL_FILES_MAX + 1)

    halt = Halt()
    halt.set()
    assert lakehouse.maintain(halt=halt) == ()


def test_compaction_is_nothing_new_to_a_build(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE, LATEST)
    many_batches(lakehouse, SMALL_FILES_MAX + 1)
    lakehouse.build()
    DeltaStore(tmp_path / "tables")

    report = lakehouse.build()

    assert not report.changed
    assert len(DeltaStore(tmp_path / "tables").snapshot(LANDING).files) == 1


def test_rows_that_were_compacted_before_they_were_read_are_read_once(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE, LATEST)
    many_batches(lakehouse, 5)
    lakehouse.build()
    land(lakehouse, [attempt("late", event_timestamp=at(1000))], "late")
    for more in range(SMALL_FILES_MAX):
        land(lakehouse, [attempt(f"more{more}", event_timestamp=at(2000 + more))], f"more {more}")
    lakehouse.maintain()

    report = lakehouse.build()

    assert report.table("events_bronze").rows == 5 + 1 + SMALL_FILES_MAX
    assert lakehouse.rows("select count(*) as n, count(distinct _event_key) as k from events_bronze") == [
        {"n": 22, "k": 22}
    ]


def test_a_long_log_gets_a_checkpoint_and_the_table_stays_readable(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE)
    many_batches(lakehouse, COMMITS_PER_CHECKPOINT)

    lakehouse.maintain()

    log = tmp_path / "tables" / LANDING / "_delta_log"
    assert list(log.glob("*.checkpoint*.parquet"))
    assert lakehouse.freshness()[LANDING].rows == COMMITS_PER_CHECKPOINT
    assert lakehouse.rows(f"select count(*) as n from {LANDING}") == [{"n": COMMITS_PER_CHECKPOINT}]
