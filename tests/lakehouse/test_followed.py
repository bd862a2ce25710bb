"""A followed table: its newest version without opening it anew, and what changed since any generation."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.lakehouse.test_head import COLUMNS, file, head, store

from payment_analysis.domain.errors import NotBuilt
from payment_analysis.lakehouse.followed import Followed
from payment_analysis.lakehouse.log_entry import entry_of

if TYPE_CHECKING:
    from payment_analysis.lakehouse.delta import DeltaStore

__all__ = ["store"]


def test_what_changed_is_what_the_log_says_without_compactions(store: DeltaStore) -> None:
    ours, one, two, both, three = head(store), file(store, 1), file(store, 2), file(store, 3), file(store, 4)
    ours.commit([one])
    followed = Followed(store, "t")

    ours.commit([two])
    store.commit(store.snapshot("t"), [both], remove=[one.path, two.path], data_change=False)
    ours.settle()
    ours.commit([three], remove=[both.path])
    followed.look()

    assert followed.head.files == store.snapshot("t").files == (three,)
    for generation in range(4):
        assert followed.changes_since(generation) == store.changes_since(store.snapshot("t"), generation)
    assert followed.changes_since(4) is None


def test_what_is_not_remembered_any_more_is_read_from_the_log(store: DeltaStore) -> None:
    ours, followed = head(store), Followed(store, "t", grown_max=1)
    files = [file(store, rows) for rows in (1, 2, 3)]
    for one in files:
        ours.commit([one])
        followed.look()

    assert followed.changes_since(0) == (tuple(one.path for one in files), ())


def test_a_table_made_anew_is_opened_anew(store: DeltaStore) -> None:
    ours = head(store)
    ours.commit([file(store, 1)])
    followed = Followed(store, "t")
    shutil.rmtree(store.folder("t"))
    with pytest.raises(NotBuilt):
        followed.look()

    store.create("t", COLUMNS)
    fresh = file(store, 5)
    head(store).commit([fresh])
    followed.look()

    assert followed.head.files == (fresh,)


def test_a_log_that_was_cleaned_up_meanwhile_is_no_hindrance(store: DeltaStore) -> None:
    ours, followed = head(store), Followed(store, "t")
    files = [file(store, rows) for rows in (1, 2, 3)]
    for one in files:
        ours.commit([one])
    store.snapshot("t").table.create_checkpoint()
    for version in range(3):
        entry_of(store.folder("t"), version).unlink()

    followed.look()

    assert (followed.head.version, followed.head.generation) == (3, 3)
    assert {*followed.head.files} == {*files}
