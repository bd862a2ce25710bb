"""One small simulated history, built as the product builds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.table import load_tables
from payment_analysis.ml.approval_training import train_approval
from payment_analysis.ml.boosting import TreeSettings
from payment_analysis.ml.silver import read_attempts
from payment_analysis.ml.training import Lessons

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from payment_analysis.ml.training import Trained

ATTEMPTS, DAYS, SEED = 10_000, 60, 7
END = datetime(2026, 11, 1, tzinfo=UTC)
SMALL = TreeSettings(trees=40, leaves=8, leaf_rows_min=40)


@dataclass(frozen=True)
class Small:
    """The home of the history, its sales in order of time, and what they teach."""

    home: Home
    truth: Path
    attempts: pa.Table
    lessons: Lessons


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    home = Home(tmp_path_factory.mktemp("ml") / "home")
    simulated = simulate(home, Order(ATTEMPTS, DAYS, SEED, END))
    below_gold = {name: table for name, table in load_tables().items() if table.layer != "gold"}
    Lakehouse(home.path / "lakehouse", tables=below_gold).build()
    attempts = read_attempts(home.path / "lakehouse" / "tables")
    return Small(home, simulated.folder, attempts, Lessons.of(attempts))


@pytest.fixture(scope="session")
def approval(small: Small) -> Trained:
    return train_approval(small.lessons, SMALL)
