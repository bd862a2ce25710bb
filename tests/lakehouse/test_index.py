"""The hash index of a stream's memory holds what a dictionary would."""

from __future__ import annotations

import numpy as np

from payment_analysis.lakehouse.stream.index import ROOM_MIN, UNKNOWN, Ends, Index, distinct, last_of_each


def test_every_key_is_found_at_its_last_place_and_no_other_key_is() -> None:
    chance, index, known = np.random.default_rng(7), Index(), dict[int, int]()
    for _ in range(40):
        keys = np.unique(chance.integers(1, 500_000, 5_000).astype(np.uint64) << np.uint64(chance.integers(0, 30)))
        places = chance.integers(0, 1_000_000, len(keys)).astype(np.int32)
        index.put(keys, places)
        known |= dict(zip(keys.tolist(), places.tolist(), strict=True))

    asked = chance.integers(0, 1_000_000, 20_000).astype(np.uint64)
    held = np.array(list(known), np.uint64)

    assert len(known) > ROOM_MIN
    assert index.find(held).tolist() == list(known.values())
    assert index.find(asked).tolist() == [known.get(key, UNKNOWN) for key in asked.tolist()]


def test_the_key_that_stands_for_none_is_never_known() -> None:
    index = Index()
    index.put(np.array([0, 5], np.uint64), np.array([1, 2], np.int32))

    assert index.find(np.array([0, 5], np.uint64)).tolist() == [UNKNOWN, 2]


def test_what_is_forgotten_is_not_known_until_it_is_told_again() -> None:
    ends, keys = Ends(), np.array([3, 4], np.uint64)
    ends.put(keys, np.array([10, 20]), np.array([1, 1]), np.array([0, 1]))

    ends.forget(keys[:1])
    known, rows = ends.find(keys)
    ends.put(keys[:1], np.array([30]), np.array([2]), np.array([0]))

    assert known.tolist() == [False, True]
    assert ends.happened[rows].tolist() == [20]
    assert ends.happened[ends.find(keys)[1]].tolist() == [30, 20]


def test_the_last_of_each_group_is_the_greatest_in_order() -> None:
    groups, order = np.array([2, 1, 2, 1, 3]), np.array([5, 9, 7, 2, 1])

    assert sorted(last_of_each(groups, order).tolist()) == [1, 2, 4]
    assert last_of_each(groups[:0], order[:0]).tolist() == []


def test_distinct_keys_are_each_there_once() -> None:
    assert distinct(np.array([7, 3, 7, 2**63, 3], np.uint64)).tolist() == [3, 7, 2**63]
    assert distinct(np.zeros(0, np.uint64)).tolist() == []
