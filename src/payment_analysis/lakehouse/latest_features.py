"""The latest streaming features of whoever takes part in a payment, in memory, for one decision at a time.

    features = LatestFeatures(lakehouse.rows)
    features.refresh()                                   # beside the decisions, every second or so: 50 to 500 ms
    features.of(merchant="m_1", route="north")           # in a decision: a few microseconds, never a question to disk
    → {"merchant_attempts_5m": 12.0, "merchant_approval_rate_5m": 0.83, …, "route_avg_latency_ms_60m": 410.0}

The names are those of `online_features` with the entity before them. An absent name means that nothing is known: nobody
of that name had an attempt in the window, or the source does not carry it. `as_of` says how old the knowledge is.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

_QUESTION: Final = """
    select entity_type, entity_id, feature_name, feature_value
    from online_features
    where feature_value is not null"""
_CLOCK: Final = "select as_of from data_clock"  # beside it: an instant in each of 10,000 rows costs more
FEATURE_TABLES: Final = ("payments_enriched_silver", "data_clock")  # below the view
_NOTHING: Final[Mapping[str, float]] = MappingProxyType({})


class LatestFeatures:
    """What `online_features` said when it was last asked; one thread refreshes, any number may read."""

    def __init__(self, ask: Callable[[str], Iterable[Mapping[str, Any]]]) -> None:
        self._ask = ask
        self._known: Mapping[tuple[str, str], Mapping[str, float]] = {}
        self.as_of: datetime | None = None  # the data's clock; None before the first attempt, and before a refresh

    def refresh(self) -> None:
        """Ask again; readers see the old values until all new ones are there. NotBuilt when there are no tables yet."""
        known: dict[tuple[str, str], dict[str, float]] = {}
        for row in self._ask(_QUESTION):
            entity = row["entity_type"]
            known.setdefault((entity, row["entity_id"]), {})[f"{entity}_{row['feature_name']}"] = row["feature_value"]
        as_of = next((row["as_of"] for row in self._ask(_CLOCK)), None)
        self._known, self.as_of = known, as_of

    def of(
        self,
        *,
        merchant: str | None = None,
        issuer: str | None = None,
        route: str | None = None,
        card: str | None = None,
    ) -> dict[str, float]:
        """The features of a merchant account, an issuer, a route (PSP) and a card token, by name."""
        entities = (("merchant", merchant), ("issuer", issuer), ("route", route), ("card", card))
        found: dict[str, float] = {}
        for kind, name in entities:
            if name is not None:
                found |= self._known.get((kind, name), _NOTHING)
        return found
