"""A lakehouse in which both engines start: a simulated history, awkward attempts, and what people and the build write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.lakehouse.small import landing_rows
from tests.lakehouse.spark_attempts import END, awkward_attempts, busy_hours

from payment_analysis.lakehouse.bronze import QUARANTINE
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.landing import Landing
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.table import load_sources
from payment_analysis.simulate.world import World
from payment_analysis.simulate.writing import write_history

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]

SEED = 7
CARDS = 300  # so few that they come again
SIMULATED_ATTEMPTS, SIMULATED_DAYS = 1200, 45
MERCHANTS: list[Row] = [
    {"merchant_id": "m1", "merchant_name": "One", "merchant_country": "BR", "merchant_risk_tier": "high"},
    {"merchant_id": "mø4", "merchant_name": "Før", "merchant_country": None, "merchant_risk_tier": None},
]
REVIEWS: list[Row] = [
    {"insight_id": name, "verdict": verdict, "reviewer": "ana", "reviewed_at": datetime(2026, 3, day, tzinfo=UTC)}
    for name, day, verdict in (("i1", 1, "valid"), ("i2", 1, "invalid"), ("i3", 2, "non_actionable"), ("i4", 3, None))
]
VERDICTS: list[Row] = [
    {"table_name": name, "overall_status": status, "event_time": datetime(2026, 3, day, tzinfo=UTC), "detail": detail}
    for name, status, day, detail in (
        ("a", "Healthy", 1, "first"),
        ("a", "Unhealthy", 2, "second"),
        ("b", "Unknown", 1, "b"),
    )
]
REJECTED: list[Row] = [
    {
        "quarantine_id": "q1",
        "reason": "not_json",
        "_source": "stripe",
        "_ingested_at": datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC),
    }
]


WRITTEN_BY_OTHERS: dict[str, tuple[str, list[Row]]] = {  # the key of each row, and the rows
    "merchants_dim_bronze": ("merchant_id", MERCHANTS),
    "insight_feedback_silver": ("insight_id", REVIEWS),
    "data_quality_results": ("detail", VERDICTS),
    QUARANTINE: ("quarantine_id", REJECTED),
}


def land_world(home: Path, scratch: Path) -> Lakehouse:
    """A lakehouse in which everything has landed that somebody else writes."""
    lakehouse = Lakehouse(home)
    world = World(SEED, cards=CARDS)
    written = write_history(world, world.history(SIMULATED_ATTEMPTS, SIMULATED_DAYS, END), scratch)
    lakehouse.landing.append(written.events, batch_id="simulated")
    lakehouse.landing.append(landing_rows([*awkward_attempts(), *busy_hours()]), batch_id="awkward")
    _landing(home, "merchants_dim_bronze", "merchant_id").append([written.merchants], batch_id="simulated")
    for name, (key, rows) in WRITTEN_BY_OTHERS.items():
        _landing(home, name, key).append(landing_rows(rows, load_sources()[name]), batch_id="by hand")
    return lakehouse


def _landing(home: Path, name: str, key: str) -> Landing:
    columns = columns_of(load_sources()[name])
    return Landing(DeltaStore(home / "tables"), name, columns, key=key, scratch=home / "scratch")
