"""The live feed: attempts as they arrive, never more than a screen can show, and a count of those left out."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.domain.errors import TooMany

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.backend.dependencies import Warehouse

COLUMNS: Final = (
    "transaction_id", "payment_id", "attempt_number", "event_timestamp", "amount", "currency", "result",
    "decline_reason_standard", "card_network", "psp", "payment_solution", "entry_system", "issuer_country",
    "merchant_segment", "processing_time_ms",
)  # fmt: skip
ROWS_MAX: Final = 200
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LISTENERS_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came since a place in the feed."""

    rows: list[dict[str, Any]]
    skipped: int
    place: int


class Listeners:
    """Counts who listens, so that forgotten pages do not use the machine up."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        with self._lock:
            if self._count >= LISTENERS_MAX:
                raise TooMany(f"{LISTENERS_MAX} pages listen already.", hint="close some of them")
            self._count += 1
        try:
            yield
        finally:
            with self._lock:
                self._count -= 1


def newest_place(warehouse: Warehouse) -> int:
    """The end of the feed now: microseconds of the last arrival."""
    (row,) = warehouse.rows(
        "select coalesce(unix_micros(max(_processed_at)), 0) as place from payments_enriched_silver"
    )
    return int(row["place"])


def arrived_since(warehouse: Warehouse, place: int) -> Arrived:
    """The newest attempts that arrived after a place, the oldest of them first."""
    rows = warehouse.rows(
        f"select {', '.join(COLUMNS)}, unix_micros(_processed_at) as place, count(*) over () as arrived "
        "from payments_enriched_silver where _processed_at > :since "
        "order by _processed_at desc, event_timestamp desc, transaction_id limit :at_most",
        {"since": EPOCH + timedelta(microseconds=place), "at_most": ROWS_MAX},
    )
    if not rows:
        return Arrived([], 0, place)
    arrived = rows[0]["arrived"]
    shown = [{name: row[name] for name in COLUMNS} for row in reversed(rows)]
    return Arrived(shown, arrived - len(rows), rows[0]["place"])
