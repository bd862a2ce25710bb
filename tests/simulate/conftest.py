"""One small history that most claims are checked on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from payment_analysis.simulate.truth import Truth, truth_of
from payment_analysis.simulate.world import World

if TYPE_CHECKING:
    import pandas as pd

    from payment_analysis.simulate.batch import Batch
    from payment_analysis.simulate.incidents import Incident

ATTEMPTS, DAYS, END, SEED = 60_000, 90, date(2026, 11, 1), 7


@dataclass(frozen=True)
class Told:
    """A history and what it holds: rows per event, per attempt as it ended, decisions and truth."""

    batches: list[Batch]
    leftover: Batch | None
    incidents: list[Incident]
    events: pd.DataFrame
    attempts: pd.DataFrame
    decisions: pd.DataFrame
    truth_rows: pd.DataFrame
    truth: Truth


def frame(tables: list[Any]) -> pd.DataFrame:
    narrow = [
        table.drop([name for name in ("approval", "approval_known", "recovery") if name in table.schema.names])
        for table in tables
    ]
    return pa.concat_tables(narrow).to_pandas(strings_to_categorical=False, timestamp_as_object=False)


@pytest.fixture(scope="session")
def world() -> World:
    return World(SEED, cards=40_000)


@pytest.fixture(scope="session")
def told(world: World) -> Told:
    history = world.history(ATTEMPTS, DAYS, END)
    batches = list(history)
    events = frame([batch.events for batch in batches])
    for name in events.columns[events.dtypes == "category"]:
        events[name] = events[name].astype(object)
    truths = [batch.truth for batch in batches]
    return Told(
        batches=batches,
        leftover=history.leftover,
        incidents=history.incidents,
        events=events,
        attempts=events.drop_duplicates("transaction_id", keep="last"),
        decisions=frame([batch.decisions for batch in batches]),
        truth_rows=frame(truths),
        truth=truth_of(pa.concat_tables(truths)),
    )
