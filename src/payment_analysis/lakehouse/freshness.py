"""Freshness: how much each table holds, and how old it is. Every answer of the house can say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from payment_analysis.lakehouse.delta import DeltaStore


@dataclass(frozen=True, slots=True)
class Freshness:
    """One table: rows, version, when it was committed and the newest event in it."""

    table: str
    rows: int
    version: int
    committed_at: datetime
    latest_event: datetime | None


def freshness(store: DeltaStore, names: Iterable[str]) -> dict[str, Freshness]:
    """The tables that exist, by name; read from the log alone."""
    found = {}
    for name in names:
        if store.version(name) is None:
            continue
        snapshot = store.snapshot(name)
        latest = max((file.latest for file in snapshot.files if file.latest), default=None)
        committed_ms = snapshot.table.history(1)[0]["timestamp"]
        committed_at = datetime.fromtimestamp(committed_ms / 1000, UTC)
        found[name] = Freshness(name, snapshot.rows, snapshot.version, committed_at, latest)
    return found
