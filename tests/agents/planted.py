"""Simulated attempts as a diagnosis reads them, without a lakehouse, and what was planted in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from payment_analysis.domain.decline_words import reason_of_word
from payment_analysis.simulate.incidents import Incident, IncidentKind
from payment_analysis.simulate.parameters import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from payment_analysis.simulate.world import World

CARRIED = (
    "issuer", "issuer_country", "psp", "card_network", "geo_country", "merchant_segment", "merchant_id",
    "payment_solution", "entry_system", "is_retry", "is_recurring", "payment_method_type", "result", "event_timestamp",
)  # fmt: skip
READ = (
    *CARRIED,
    "transaction_id",
    "amount_minor",
    "currency",
    "declined_by",
    "decline_reason",
    "is_verification",
    "is_test",
)
IN_REAIS = {country.currency: 1 / country.price_level / 10**country.exponent for country in COUNTRIES}
BUCKETS = np.array(["micro", "small", "medium", "large", "very_large"])
PLACES = {"issuer": "issuer", "psp": "psp", "network": "card_network", "country": "geo_country",
          "segment": "merchant_segment", "merchant_id": "merchant_id"}  # fmt: skip
BY_SOLUTION = {IncidentKind.THREE_DS_FAILURE: "3ds", IncidentKind.ISSUER_RULE_CHANGE: "standard"}


def attempts_table(world: World, attempts: int, days: int, end: date, planted: tuple[Incident, ...] = ()) -> pa.Table:
    """Sales in their last state, with the columns of a diagnosis."""
    history = world.history(attempts, days, end, incidents=planted, truth=False)
    rows = pa.concat_tables([batch.events.select(list(READ)) for batch in history])
    rows = rows.cast(pa.schema([(field.name, _plain(field.type)) for field in rows.schema])).combine_chunks()
    ids = np.asarray(rows["transaction_id"].to_numpy(zero_copy_only=False))
    _, last = np.unique(ids[::-1], return_index=True)
    rows = rows.take(pa.array(np.sort(len(ids) - 1 - last)))
    rows = rows.filter(pc.invert(pc.or_(rows["is_verification"], rows["is_test"])))
    amount = rows["amount_minor"].to_numpy() * np.array([IN_REAIS[code] for code in rows["currency"].to_pylist()])
    reasons = {word: reason_of_word(word) for word in pc.unique(rows["decline_reason"]).to_pylist() if word}
    made = {
        "amount_bucket": pa.array(BUCKETS[np.digitize(amount, [50, 200, 500, 1000])]),
        "event_hour": pc.hour(rows["event_timestamp"]),
        "declined_by_resolved": rows["declined_by"],
        "decline_reason_detail": pa.array(
            [reasons.get(word) for word in rows["decline_reason"].to_pylist()], pa.string()
        ),
        "reporting_amount": pa.array(amount),
    }
    return pa.table({**{name: rows[name] for name in CARRIED}, **made})


def _plain(kind: Any) -> Any:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def in_scope(rows: pa.Table, where: Mapping[str, str]) -> np.ndarray[Any, Any]:
    """Which attempts have these values."""
    inside = np.ones(rows.num_rows, dtype=bool)
    for name, value in where.items():
        inside &= np.asarray(pc.fill_null(pc.equal(rows[name], value), fill_value=False).to_numpy())
    return inside


@dataclass(frozen=True)
class Planted:
    """An incident as a set of attempts; some kinds reach only attempts with one way of authentication."""

    incident: Incident

    @property
    def where(self) -> dict[str, str]:
        return {name: getattr(self.incident, held) for held, name in PLACES.items() if getattr(self.incident, held)}

    @property
    def narrowed(self) -> dict[str, str]:
        """Where, with the way of authentication it works by."""
        solution = BY_SOLUTION.get(self.incident.kind)
        return {**self.where, **({"payment_solution": solution} if solution else {})}

    def overlap(self, rows: pa.Table, found: np.ndarray[Any, Any]) -> float:
        """Jaccard index of what was found and what was planted, with or without the way it works by."""
        meant = [in_scope(rows, place) for place in (self.where, self.narrowed)]
        return max(float((found & one).sum() / max((found | one).sum(), 1)) for one in meant)
