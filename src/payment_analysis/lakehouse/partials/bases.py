"""The tables whose rows partial aggregates add up, and the views that are those rows with something more."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CLOCK: Final = "data_clock"
CLOCK_COLUMNS: Final[Mapping[str, str]] = MappingProxyType(  # column to the parameter that stands for its only value
    {"as_of": "clock_as_of", "reporting_currency": "clock_currency"}
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A silver table: the instant and the day of a row, and its key."""

    time: str
    day: str
    key: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A view that holds some rows of a silver table, each once, with columns of its own beside the table's."""

    of: str
    holds: str = ""  # which rows, as a condition on the table; empty: only the view knows, and each row is marked
    own: tuple[str, ...] = ()  # columns the table lacks
    # Other tables the view looks at, with the columns it does: by the first, a row there belongs to rows of the table.
    also_reads: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def mark(self, view: str) -> str:
        """The column that says of a row whether the view holds it."""
        return f"in_{view}"


KEPT: Final[Mapping[str, Kept]] = MappingProxyType(
    {
        "payments_enriched_silver": Kept("event_timestamp", "event_date", "transaction_id"),
        "payments_silver": Kept("first_attempt_at", "first_attempt_on", "payment_id"),
    }
)
SEEN: Final[Mapping[str, Seen]] = MappingProxyType(
    {
        "merchant_visible_attempts_silver": Seen("payments_enriched_silver"),
        "attempt_ends_silver": Seen(
            "payments_enriched_silver",
            holds="is_sale",
            own=("is_last_attempt",),
            also_reads=MappingProxyType({"payments_silver": ("payment_id", "attempts")}),
        ),
    }
)
