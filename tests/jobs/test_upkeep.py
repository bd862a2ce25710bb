"""Files are looked after beside a stream, and not while it is busy."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

import pytest
from tests.lakehouse.small import BRONZE, at, attempt, land, plain_lakehouse

from payment_analysis.jobs.pipelines.upkeep import look_after
from payment_analysis.lakehouse.bronze import LANDING
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.halt import Halt
from payment_analysis.lakehouse.maintenance import SMALL_FILES_MAX

if TYPE_CHECKING:
    from pathlib import Path

BATCHES = SMALL_FILES_MAX + 1


class Turns(Halt):
    """Comes after so many waits, none of which takes any time."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._left = number

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        if self._left < 0:
            self.set()
        return self.is_set()


@pytest.mark.parametrize(
    ("is_busy", "busy_max", "files"),
    [(False, math.inf, 1), (True, math.inf, BATCHES), (True, 0.0, 1)],
    ids=["at rest", "busy", "busy for too long"],
)
def test_small_files_become_one_unless_the_stream_is_busy(
    tmp_path: Path, *, is_busy: bool, busy_max: float, files: int
) -> None:
    lakehouse, busy = plain_lakehouse(tmp_path, BRONZE), threading.Event()
    for batch in range(BATCHES):
        land(lakehouse, [attempt(f"a{batch}", event_timestamp=at(batch))], f"batch {batch}")
    if is_busy:
        busy.set()

    thread = threading.Thread(target=look_after, args=(lakehouse, Turns(2), busy), kwargs={"busy_max": busy_max})
    thread.start()  # of its own, because it stands back for good
    thread.join()

    assert len(DeltaStore(tmp_path / "tables").snapshot(LANDING).files) == files
