"""What `build --engine spark` leaves behind, and what it says when it cannot start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from payment_analysis.domain.errors import NotBuilt
from payment_analysis.jobs.pipelines import ETL
from payment_analysis.lakehouse.spark.build import build_on_spark, publish

if TYPE_CHECKING:
    from pathlib import Path


def test_without_landed_attempts_there_is_nothing_to_build(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="Nothing has landed"):
        build_on_spark(tmp_path, ETL)

    assert list(tmp_path.iterdir()) == []


def test_a_finished_run_becomes_current_and_the_one_before_goes(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for run in (first, second):
        run.mkdir()
        publish(run)

    assert (tmp_path / "current").resolve() == second
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", "second"]
