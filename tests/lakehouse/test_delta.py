"""Delta tables: one commit or none, and never two writers of one snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable

from payment_analysis.domain.errors import Conflict, NotBuilt
from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.data_file import write_files
from payment_analysis.lakehouse.delta import DeltaStore, fingerprint, retried

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.data_file import DataFile

COLUMNS = {"id": "string", "event_timestamp": "timestamp", "amount": "decimal(18,3)", "number": "int"}


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    store = DeltaStore(tmp_path / "tables")
    store.create("t", COLUMNS)
    return store


def write(store: DeltaStore, ids: str) -> tuple[DataFile, ...]:
    rows = ", ".join(f"('{one}', timestamptz '2026-01-0{n} 10:00:00+00', 1.5, {n})" for n, one in enumerate(ids, 1))
    select = (
        "select id, moment as event_timestamp, amount::decimal(18,3) as amount, number::int as number "
        f"from (values {rows}) as written(id, moment, amount, number)"
    )
    with duck.worker(store.root.parent / "scratch", memory_mb=200) as connection:
        return write_files(connection, select, store.folder("t"))


def ids(store: DeltaStore) -> list[str]:
    table = DeltaTable(store.folder("t"))
    return sorted(table.to_pyarrow_table(columns=["id"])["id"].to_pylist())


def test_a_commit_adds_files_and_positions_together(store: DeltaStore) -> None:
    store.commit(store.snapshot("t"), write(store, "abc"), positions={"source": 7})

    snapshot = store.snapshot("t")
    assert (snapshot.rows, snapshot.position("source"), snapshot.generation) == (3, 7, 1)
    assert ids(store) == ["a", "b", "c"]


def test_the_log_knows_the_limits_of_event_time(store: DeltaStore) -> None:
    store.commit(store.snapshot("t"), write(store, "ab"))

    (file,) = store.snapshot("t").files
    assert (str(file.earliest), str(file.latest)) == ("2026-01-01 10:00:00+00:00", "2026-01-02 10:00:00+00:00")


def test_of_two_writers_from_one_snapshot_the_second_is_refused(store: DeltaStore) -> None:
    first, second = store.snapshot("t"), store.snapshot("t")
    store.commit(first, write(store, "a"))

    with pytest.raises(Conflict, match="another process changed table t"):
        store.commit(second, write(store, "b"))

    assert ids(store) == ["a"]


def test_an_attempt_that_lost_a_race_starts_again(store: DeltaStore) -> None:
    stale = [store.snapshot("t")]
    store.commit(store.snapshot("t"), write(store, "a"))

    def attempt() -> None:
        store.commit(stale.pop() if stale else store.snapshot("t"), write(store, "b"))

    retried(attempt)

    assert ids(store) == ["a", "b"]


def test_files_are_replaced_in_one_commit(store: DeltaStore) -> None:
    store.commit(store.snapshot("t"), write(store, "ab"))
    before = store.snapshot("t")

    store.commit(before, write(store, "c"), remove=before.paths)

    assert ids(store) == ["c"]
    assert store.version("t") == before.version + 1


def test_a_file_that_was_compacted_meanwhile_is_not_rewritten(store: DeltaStore) -> None:
    store.commit(store.snapshot("t"), write(store, "ab"))
    before = store.snapshot("t")
    store.commit(store.snapshot("t"), write(store, "ab"), remove=before.paths, data_change=False)

    with pytest.raises(Conflict):
        store.commit(before, write(store, "b"), remove=before.paths)
    with pytest.raises(Conflict):
        store.commit(store.snapshot("t"), write(store, "b"), remove=before.paths)
    with pytest.raises(Conflict):
        store.replace(before, write(store, "b"), COLUMNS, positions={})

    assert ids(store) == ["a", "b"]


def test_a_compaction_does_not_refuse_who_only_adds(store: DeltaStore) -> None:
    store.commit(store.snapshot("t"), write(store, "a"))
    before = store.snapshot("t")
    store.commit(store.snapshot("t"), write(store, "a"), remove=before.paths, data_change=False)

    store.commit(before, write(store, "b"))

    assert ids(store) == ["a", "b"]


def test_a_table_can_take_new_columns_when_it_is_replaced(store: DeltaStore) -> None:
    store.commit(store.snapshot("t"), write(store, "a"))

    store.replace(store.snapshot("t"), (), {"other": "bigint"}, positions={})

    assert [field.name for field in store.snapshot("t").table.schema().fields] == ["other"]


def test_new_files_are_told_from_compacted_ones(store: DeltaStore) -> None:
    store.commit(store.snapshot("t"), write(store, "a"))
    read = store.snapshot("t").generation
    new = write(store, "b")
    store.commit(store.snapshot("t"), new)
    before = store.snapshot("t")
    store.commit(before, write(store, "ab"), remove=before.paths, data_change=False)

    found = store.files_since(store.snapshot("t"), read)

    assert found == tuple(file.path for file in new)
    assert store.files_since(store.snapshot("t"), 2) == ()


def test_a_log_that_no_longer_reaches_back_says_so(store: DeltaStore) -> None:
    store.commit(store.snapshot("t"), write(store, "a"))
    store.commit(store.snapshot("t"), write(store, "b"))
    store.snapshot("t").table.create_checkpoint()
    for version in (0, 1):
        (store.folder("t") / "_delta_log" / f"{version:020}.json").unlink()

    assert store.files_since(store.snapshot("t"), 0) is None
    assert store.files_since(store.snapshot("t"), 1) is None
    assert store.files_since(store.snapshot("t"), 2) == ()


def test_a_table_that_does_not_exist_is_not_built(store: DeltaStore) -> None:
    with pytest.raises(NotBuilt, match="table nothing does not exist"):
        store.snapshot("nothing")


def test_a_fingerprint_is_stable_and_fits_a_transaction_version() -> None:
    assert fingerprint("select 1", {"a": 1}) == fingerprint("select 1", {"a": 1})
    assert fingerprint("select 1") != fingerprint("select 2")
    assert 0 <= fingerprint("x") < 2**63
