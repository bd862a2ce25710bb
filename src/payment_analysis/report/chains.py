"""Retry chains: how long they get, what each further try wins, on the same provider and on another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.report.proportion import Difference, Proportion, difference
from payment_analysis.report.warehouse import Query, Row, Scope, Warehouse, whole

if TYPE_CHECKING:
    from payment_analysis.domain.money import Money

POSITION_LAST = 6  # positions from here on are shown together


@dataclass(frozen=True, slots=True)
class Length:
    """Payments with so many attempts (the last class is open) and how many were approved in the end."""

    attempts: int
    is_open: bool
    payments: Proportion


@dataclass(frozen=True, slots=True)
class Position:
    """Answered attempts at one place of their payment."""

    position: int
    is_open: bool
    all: Proportion
    same_psp: Proportion
    other_psp: Proportion


@dataclass(frozen=True, slots=True)
class Chains:
    lengths: tuple[Length, ...]
    positions: tuple[Position, ...]
    same_psp: Proportion
    other_psp: Proportion
    switch_gain: Difference | None
    retried_payments: Proportion  # payments declined at first that were tried again
    recovered_payments: int
    recovered_value: Money | None
    queries: tuple[Query, ...]


def _lengths(scope: Scope) -> Query:
    return Query(
        "lengths",
        f"""-- One row per number of attempts of a payment.
with {scope.payments()}

select
    least(attempts, {POSITION_LAST}) as attempts,
    count(*) as payments,
    count_if(final_result = 'approved') as approved
from payments
group by 1
order by 1""",
    )


def _positions(scope: Scope) -> Query:
    return Query(
        "positions",
        f"""-- One row per place in the payment and change of provider: answered attempts; a retry follows a decline.
with {scope.attempts()}

select
    least(position_in_payment, {POSITION_LAST}) as position,
    case when position_in_payment > 1 then psp_switched end as switched,
    count(*) as attempts,
    count_if(is_approved) as approved
from attempts
where is_authorization and (position_in_payment = 1 or is_retry)
group by 1, 2
order by 1, 2""",
    )


def _openings(scope: Scope) -> Query:
    return Query(
        "openings",
        f"""-- One row: payments not approved at once, how many were tried again and approved in the end.
with {scope.payments()}

select
    count(*) as refused,
    count_if(attempts > 1) as tried_again,
    count_if(is_recovered) as recovered,
    sum(case when is_recovered then approved_reporting_amount end) as recovered_value
from payments
where not coalesce(is_first_attempt_approved, false)""",
    )


def read_chains(warehouse: Warehouse, scope: Scope) -> Chains:
    lengths, positions, openings = _lengths(scope), _positions(scope), _openings(scope)
    places = positions.rows(warehouse)
    retries = [row for row in places if row["position"] > 1]

    def rate(position: int | None, *, switched: bool | None) -> Proportion:
        rows = [
            row
            for row in (retries if position is None else places)
            if position in (None, row["position"]) and (switched is None or row["switched"] is switched)
        ]
        return Proportion.of(sum(whole(row, "approved") for row in rows), sum(whole(row, "attempts") for row in rows))

    same, other = rate(None, switched=False), rate(None, switched=True)
    (opening,) = openings.rows(warehouse)
    return Chains(
        lengths=tuple(_length(row) for row in lengths.rows(warehouse)),
        positions=tuple(
            Position(
                position,
                position == POSITION_LAST,
                rate(position, switched=None),
                rate(position, switched=False) if position > 1 else Proportion.of(0, 0),
                rate(position, switched=True) if position > 1 else Proportion.of(0, 0),
            )
            for position in sorted({row["position"] for row in places})
        ),
        same_psp=same,
        other_psp=other,
        switch_gain=difference(other, same),
        retried_payments=Proportion.of(whole(opening, "tried_again"), whole(opening, "refused")),
        recovered_payments=whole(opening, "recovered"),
        recovered_value=scope.money(opening["recovered_value"]),
        queries=(lengths, positions, openings),
    )


def _length(row: Row) -> Length:
    attempts = whole(row, "attempts")
    payments = Proportion.of(whole(row, "approved"), whole(row, "payments"))
    return Length(attempts, attempts == POSITION_LAST, payments)
