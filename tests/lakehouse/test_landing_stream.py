from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lakehouse.small import BRONZE, attempt, landing_rows, plain_lakehouse

from payment_analysis.lakehouse.bronze import LANDING
from payment_analysis.lakehouse.landing_stream import LandingStream

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa


def rows(*names: str) -> pa.Table:
    return landing_rows(attempt(name) for name in names).read_all()


def test_no_event_lands_twice_whoever_wrote_it_first(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE)
    with LandingStream(lakehouse.landing) as first, LandingStream(lakehouse.landing) as second:
        first.append(rows("a1", "a2"), batch_id="one")

        again = second.append(rows("a2", "a3", "a3"), batch_id="two")

    assert (again.added, again.already_known) == (1, 2)
    assert [row["n"] for row in lakehouse.rows(f"select count(*) as n from {LANDING}")] == [3]


def test_a_batch_that_was_committed_before_a_crash_adds_nothing(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE)
    with LandingStream(lakehouse.landing) as stream:
        stream.append(rows("a1"), batch_id="one")

    with LandingStream(lakehouse.landing) as stream:
        replayed = stream.append(rows("a1"), batch_id="one")

    assert (replayed.added, replayed.already_known) == (0, 1)
