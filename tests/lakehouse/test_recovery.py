"""A full disk and a torn commit: a plain error, and nothing that landed is lost."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.lakehouse.small import BRONZE, LATEST, at, attempt, land, plain_lakehouse
from tests.lakehouse.test_incremental import content

from payment_analysis.domain.errors import Damaged, NoRoom
from payment_analysis.lakehouse.bronze import LANDING, QUARANTINE
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.log_entry import entry_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from payment_analysis.lakehouse.lakehouse import Lakehouse

BATCHES = 3
TABLES = ("events_bronze", "attempts_silver")


def batch(lakehouse: Lakehouse, number: int) -> None:
    rows = [attempt(f"a{number}-{n}", event_timestamp=at(number)) for n in range(5)]
    land(lakehouse, [*rows, attempt(f"bad{number}", amount_minor=-1)], f"batch {number}")


def filled(folder: Path, batches: int) -> Lakehouse:
    lakehouse = plain_lakehouse(folder, BRONZE, LATEST)
    for number in range(batches):
        batch(lakehouse, number)
        lakehouse.build()
    return lakehouse


@contextmanager
def file_size_limit(size_bytes: int) -> Iterator[None]:
    """A disk with that much room for each file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("torn", [b"", b'{"add": {"path": "part-', b"\0" * 300])
@pytest.mark.parametrize("table", [LANDING, QUARANTINE, *TABLES])
def test_a_torn_commit_is_named_and_repaired_without_loss(tmp_path: Path, table: str, torn: bytes) -> None:
    lakehouse = filled(tmp_path / "torn", BATCHES)
    whole = filled(tmp_path / "whole", BATCHES + 1)
    store = DeltaStore(tmp_path / "torn" / "tables")
    version = store.version(table)
    assert version is not None
    entry_of(store.folder(table), version).write_bytes(torn)

    with pytest.raises(Damaged, match=f"the newest commit of table {table} cannot be read"):
        lakehouse.build()
    (repaired,) = lakehouse.repair(tmp_path / "aside")
    lakehouse.build()
    batch(lakehouse, BATCHES)
    lakehouse.build()

    assert (repaired.table, repaired.set_aside.read_bytes()) == (table, torn)
    assert content(lakehouse, list(TABLES)) == content(whole, list(TABLES))
    put_aside = "select quarantine_id from payments_quarantine_bronze order by quarantine_id"
    assert lakehouse.rows(put_aside) == whole.rows(put_aside)


def test_a_sound_lakehouse_is_left_alone(tmp_path: Path) -> None:
    lakehouse = filled(tmp_path / "home", 1)

    assert lakehouse.repair(tmp_path / "aside") == ()
    assert not lakehouse.build().changed


@pytest.mark.parametrize("room_bytes", [100, 3_000])  # no room for the log's entry or for the data
def test_a_full_disk_is_said_and_the_work_is_done_when_there_is_room(tmp_path: Path, room_bytes: int) -> None:
    lakehouse = filled(tmp_path / "full", BATCHES)
    whole = filled(tmp_path / "whole", BATCHES + 1)
    batch(lakehouse, BATCHES)

    with file_size_limit(room_bytes), pytest.raises(NoRoom, match="there is no room to write into"):
        lakehouse.build()
    lakehouse.build()

    assert content(lakehouse, list(TABLES)) == content(whole, list(TABLES))
