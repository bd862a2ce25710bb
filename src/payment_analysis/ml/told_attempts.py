"""Outcomes that were told of decisions as attempts to learn from, until the event of the attempt lands.

One attempt is a payment and a position in it: the decisions about authentication, routing and retry of one position
are one attempt. An event at that position or behind it stands for it, so nothing is learned twice; the chance with
which its route was chosen stays with the event. An answer is known when it was told, not when it was decided.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from payment_analysis.decisioning.context import Context
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.mandates import PAYS_FOR_3DS, Path
from payment_analysis.decisioning.outcomes import Outcome
from payment_analysis.decisioning.retry_case import Way
from payment_analysis.decisioning.scheme_limits import network_of
from payment_analysis.domain.countries import region_of
from payment_analysis.domain.currencies import exponent
from payment_analysis.domain.declines import classify
from payment_analysis.ml.arrays import numbers, strings
from payment_analysis.ml.propensities import PROPENSITY
from payment_analysis.ml.raw_attempt import raw_attempt
from payment_analysis.ml.silver import in_order
from payment_analysis.ml.ways import WAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from payment_analysis.store.told_decisions import ToldDecision

ANSWERS: Final = {Outcome.APPROVED: True, Outcome.DECLINED: False}  # a time-out or an error has no label
LAG_MS_MAX: Final = 2**31 - 1  # the width of the column: 24 days
# Whose word on the end counts: whoever sent the payment knows it best.
_TELLS: Final = (Decision.ROUTING, Decision.RETRY, Decision.AUTHENTICATION)
_WAY_OF_PATH: Final = {**dict.fromkeys(PAYS_FOR_3DS, "3ds"), Path.PASSKEY: "passkey", Path.DATA_ONLY: "data_only"}

Place = tuple[str, int]  # the payment, and the position of the attempt in it


@dataclass(frozen=True, slots=True)
class Learned:
    """Attempts with what was told, and how many of them were only told."""

    attempts: pa.Table
    told: int


def with_told(attempts: pa.Table, decisions: Iterable[ToldDecision]) -> Learned:
    """The landed attempts, and those that so far were only told; all in order of time."""
    places: dict[Place, dict[str, ToldDecision]] = {}
    for one in decisions:
        places.setdefault((one.payment_id, _context(one).attempts_made + 1), {})[one.decision_type] = one
    landed = _landed(attempts, {payment for payment, _ in places})
    units = _units(attempts)
    rows = [
        row
        for place, made in places.items()
        if place[1] > landed.get(place[0], 0) and (row := _attempt(place, made, units)) is not None
    ]
    schema = attempts.schema.append(pa.field(PROPENSITY, pa.float64()))
    known = attempts.append_column(PROPENSITY, _propensities(attempts, places))
    if not rows:
        return Learned(known, 0)
    return Learned(in_order(pa.concat_tables([known, pa.Table.from_pylist(rows, schema=schema)])), len(rows))


def _landed(attempts: pa.Table, payments: set[str]) -> dict[str, int]:
    """The last position that an event of a payment has; an export without positions counts its events."""
    mine = pc.is_in(attempts["payment_id"], value_set=pa.array(sorted(payments), pa.string()))
    rows = attempts.filter(mine)
    last: dict[str, int] = {}
    for payment, position in zip(strings(rows, "payment_id").to_pylist(), numbers(rows, "attempt_number"), strict=True):
        before = last.get(payment, 0)
        last[payment] = max(before, int(position)) if np.isfinite(position) else before + 1
    return last


def _units(attempts: pa.Table) -> dict[str, Decimal]:
    """What one unit of a currency was worth in the reporting currency at its newest landed attempt."""
    if "reporting_amount" not in attempts.column_names:
        return {}
    valued = attempts.filter(pc.and_(pc.is_valid(attempts["reporting_amount"]), pc.greater(attempts["amount"], 0)))
    worth = pc.divide(valued["reporting_amount"].cast(pa.float64()), valued["amount"].cast(pa.float64()))
    newest = pa.table({"currency": valued["currency"], "worth": worth}).group_by("currency", use_threads=False)
    told = newest.aggregate([("worth", "last")])
    return {
        currency: Decimal(str(unit))
        for currency, unit in zip(told["currency"].to_pylist(), told["worth_last"].to_pylist(), strict=True)
    }


def _attempt(place: Place, made: Mapping[str, ToldDecision], units: Mapping[str, Decimal]) -> dict[str, Any] | None:
    """One attempt as a row of silver's columns; None while its end is not known."""
    telling = next((made[kind] for kind in _TELLS if kind in made and made[kind].outcome in ANSWERS), None)
    if telling is None or telling.outcome is None or telling.told_at is None:
        return None
    sent_at = min(_sent_at(made), telling.told_at)
    is_approved, lag = ANSWERS[Outcome(telling.outcome)], telling.told_at - sent_at
    request = telling.request
    row = _plain(raw_attempt(_context(telling, sent_at), {}))
    amount = Decimal(request["amount_minor"]).scaleb(-exponent(request["currency"]))
    unit = units.get(request["currency"])
    return {
        **row,
        **_way(made),
        "transaction_id": telling.audit_id,
        "payment_id": place[0],
        "attempt_number": place[1],
        "retry_count": place[1] - 1,
        "card_token_id": request.get("card_token_id"),
        "is_sale": True,
        "amount": amount,
        "amount_minor": request["amount_minor"],
        "reporting_amount": None if unit is None else round(amount * unit, 3),
        "event_timestamp": sent_at,
        "processing_time_ms": min(int(lag / timedelta(milliseconds=1)), LAG_MS_MAX),
        "result": telling.outcome,
        "is_approved": is_approved,
        "fraud_reported_at": min((one.fraud_at for one in made.values() if one.fraud_at is not None), default=None),
        "psp": _route(made),
        PROPENSITY: _propensity(made.get(Decision.ROUTING)),
        **({} if is_approved else _decline(telling, sent_at)),
    }


def _plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of silver have their own types: its flags are no numbers, and what is not known is null."""
    row = {name: value for name, value in raw.items() if value is not None and not _is_nan(value)}
    for name in ("is_cross_border", "is_recurring", "has_passkey"):
        if name in row:
            row[name] = bool(row[name])
    for name in ("fraud_score", "aml_risk_score", "device_trust_score"):
        if name in row:
            row[name] = round(Decimal(str(row[name])), 4)
    return row


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _context(one: ToldDecision, at: datetime | None = None) -> Context:
    given = {name: value for name, value in one.request.items() if name in Context._fields}
    return Context(at=at or one.decided_at, **given)


def _sent_at(made: Mapping[str, ToldDecision]) -> datetime:
    """When it was sent: by routing at once, by a retry after its wait."""
    if Decision.ROUTING in made:
        return made[Decision.ROUTING].decided_at
    if Decision.RETRY in made:
        retry = made[Decision.RETRY]
        return retry.decided_at + timedelta(seconds=retry.response.get("retry_after_seconds") or 0)
    return made[Decision.AUTHENTICATION].decided_at


def _route(made: Mapping[str, ToldDecision]) -> str | None:
    if Decision.ROUTING in made:
        return made[Decision.ROUTING].route
    retry = made.get(Decision.RETRY)
    if retry is None or retry.action == Way.OTHER_ROUTE:
        return None  # which other one, nobody told
    route: str | None = retry.request.get("previous_route")
    return route


def _way(made: Mapping[str, ToldDecision]) -> dict[str, Any]:
    """How it was authenticated and by which representation of the card, as the columns of an attempt."""
    routing, retry = made.get(Decision.ROUTING), made.get(Decision.RETRY)
    path = made[Decision.AUTHENTICATION].action if Decision.AUTHENTICATION in made else None
    for one in (routing, retry):
        path = path or (one.request.get("authenticated_path") if one is not None else None)
    if path is None and retry is not None and retry.action == Way.STEP_UP:
        path = Path.CHALLENGE
    is_token = _is_token(routing, retry)
    way = _WAY_OF_PATH.get(Path(path)) if path else None
    columns = WAYS[way or ("network_token" if is_token else "standard")]
    flags = {name: value if isinstance(value, str) else bool(value) for name, value in columns.items()}
    return {**flags, **({} if is_token is None else {"is_network_token": is_token})}


def _is_token(routing: ToldDecision | None, retry: ToldDecision | None) -> bool | None:
    if routing is not None:
        return bool(routing.response.get("solution") == "network_token")
    if retry is not None:
        return bool(retry.request.get("is_network_token")) and retry.action != Way.PAN
    return None


def _propensity(routing: ToldDecision | None) -> float | None:
    """The chance of the route; an arm beside another one of its route is only a part of that."""
    if routing is None or routing.response.get("propensity") is None:
        return None
    options: Sequence[Mapping[str, Any]] = routing.response.get("options", ())
    arms = [one for one in options if one["is_eligible"] and one["action"].split("/")[0] == routing.route]
    return float(routing.response["propensity"]) if len(arms) == 1 else None


def _propensities(attempts: pa.Table, places: Mapping[Place, Mapping[str, ToldDecision]]) -> pa.Array:
    """The chance that was written down for the landed attempts that were sent as decided."""
    routed = {place: made[Decision.ROUTING] for place, made in places.items() if Decision.ROUTING in made}
    if not routed:
        return pa.nulls(attempts.num_rows, pa.float64())
    written: list[float | None] = [None] * attempts.num_rows
    mine = pc.is_in(attempts["payment_id"], value_set=pa.array(sorted({payment for payment, _ in routed}), pa.string()))
    rows = np.flatnonzero(np.asarray(mine.combine_chunks().to_numpy(zero_copy_only=False)))
    some = attempts.select(["payment_id", "attempt_number", "psp"]).take(pa.array(rows)).to_pylist()
    for row, attempt in zip(rows.tolist(), some, strict=True):
        decision = routed.get((attempt["payment_id"], attempt["attempt_number"] or 1))
        if decision is not None and decision.route == attempt["psp"]:
            written[row] = _propensity(decision)
    return pa.array(written, pa.float64())


def _decline(one: ToldDecision, at: datetime) -> dict[str, Any]:
    region = region_of(one.request.get("issuer_country"))
    told = classify(
        network_of(one.request.get("network")), one.outcome_code, one.advice_code, region, at.date(), one.outcome_reason
    )
    earliest = told.earliest_retry
    return {
        "decline_reason_detail": told.reason.value,
        "decline_reason_standard": told.standard.value,
        "is_retryable": told.retryable,
        "earliest_retry_seconds": None if earliest is None else int(earliest.total_seconds()),
        "merchant_advice_code": one.advice_code,
    }
