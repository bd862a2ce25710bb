"""The head of a table: what it commits is what Delta reads, and it is fenced like every other writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from payment_analysis.domain.errors import Conflict, Damaged
from payment_analysis.lakehouse.data_file import write_files
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.stream.head import Head

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.data_file import DataFile

COLUMNS = {"event_timestamp": "timestamp"}


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    store = DeltaStore(tmp_path)
    store.create("t", COLUMNS)
    return store


def head(store: DeltaStore) -> Head:
    return Head(store, store.snapshot("t"))


def file(store: DeltaStore, rows: int) -> DataFile:
    select = (
        f"select timestamptz '2026-01-01 00:00:00+00' + interval (i) second as event_timestamp from range({rows}) t(i)"
    )
    (written,) = write_files(duckdb.connect(), select, store.folder("t"))
    return written


def test_a_commit_of_the_head_is_a_commit_of_delta(store: DeltaStore) -> None:
    ours, three, two = head(store), file(store, 3), file(store, 2)

    ours.commit([three], positions={"source:a": 7})
    ours.commit([two], remove=[three.path])

    found = store.snapshot("t")
    assert found.files == ours.files == (two,)
    assert (found.generation, found.position("source:a"), found.position("layout")) == (2, 7, 1)


def test_of_two_heads_the_second_is_refused_until_it_has_read_the_first(store: DeltaStore) -> None:
    first, second = head(store), head(store)
    first.commit([file(store, 1)])

    with pytest.raises(Conflict):
        second.commit([file(store, 2)])
    (grown,) = second.advance()
    second.commit([file(store, 2)])

    assert (grown.rows, store.snapshot("t").rows) == (1, 3)


def test_a_head_and_any_other_writer_refuse_each_other(store: DeltaStore) -> None:
    ours, theirs = head(store), store.snapshot("t")
    ours.commit([file(store, 1)])

    with pytest.raises(Conflict):
        store.commit(theirs, [file(store, 1)])
    store.commit(store.snapshot("t"), [file(store, 1)])
    with pytest.raises(Conflict):
        ours.commit([file(store, 1)])


def test_rows_are_added_beside_a_compaction_and_its_files_are_not_removed_again(store: DeltaStore) -> None:
    ours, small = head(store), file(store, 2)
    ours.commit([small])
    store.commit(store.snapshot("t"), [file(store, 2)], remove=[small.path], data_change=False)

    with pytest.raises(Conflict):
        ours.commit([file(store, 1)], remove=[small.path])
    ours.settle()
    ours.commit([file(store, 1)])

    assert store.snapshot("t").rows == sum(one.rows for one in ours.files) == 3


def test_a_torn_entry_is_named(store: DeltaStore) -> None:
    ours = head(store)
    (store.folder("t") / "_delta_log" / f"{1:020}.json").write_text('{"txn": {"ap', encoding="utf-8")

    with pytest.raises(Damaged):
        ours.advance()
