"""kill -9 of the pipeline and of two simulators while events land: every event is there, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.faults import measure

if TYPE_CHECKING:
    from pathlib import Path


def test_processes_that_are_killed_lose_and_duplicate_nothing(tmp_path: Path) -> None:
    outcome = measure(tmp_path / "home", pipeline_kills=2, simulator_kills=1, seconds=15, rate=50)

    assert outcome.is_exact, outcome
