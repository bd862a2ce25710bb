"""The metric bridge: how messages become attempts, first attempts and payments, by count and by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.domain.metrics import RATES, Grain, Rate, RateDefinition
from payment_analysis.domain.money import Money
from payment_analysis.report.proportion import Proportion
from payment_analysis.report.warehouse import Query, Row, Scope, Warehouse, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAMES: dict[Rate, str] = {
    Rate.ATTEMPT_RATE: "Attempt rate",
    Rate.FIRST_ATTEMPT_RATE: "First-attempt rate",
    Rate.PAYMENT_RATE: "Payment rate",
    Rate.ACCEPTANCE_RATE: "Acceptance rate",
}

LEFT_OUT: dict[str, str] = {
    "test": "test traffic",
    "verification": "card verifications without a sale",
    "unknown_outcome": "outcome not known yet (pending)",
    "error": "errors: no yes or no from the network",
    "blocked": "blocked before the issuer (fraud control, authentication, gateway, merchant)",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Messages that are taken out before the rate, and why."""

    key: str
    meaning: str
    attempts: int
    value: Money | None


@dataclass(frozen=True, slots=True)
class Measure:
    """One rate of the bridge, by count and by value."""

    key: Rate
    name: str
    definition: RateDefinition
    rate: Proportion
    value_approved: Money | None
    value: Money | None

    @property
    def value_rate(self) -> float | None:
        if self.value is None or self.value_approved is None or self.value.amount_minor == 0:
            return None
        return self.value_approved.amount_minor / self.value.amount_minor


@dataclass(frozen=True, slots=True)
class Bridge:
    messages: int
    left_out: tuple[Step, ...]
    measures: tuple[Measure, ...]
    lost_payments: int  # at least one attempt, none approved, and nothing still open
    lost_value: Money | None
    open_payments: int  # the last word is a pending attempt
    queries: tuple[Query, ...]

    def measure(self, key: Rate) -> Measure:
        return next(measure for measure in self.measures if measure.key == key)

    @property
    def uplift(self) -> float | None:
        """Payment rate minus first-attempt rate: what second tries add."""
        payment, first = self.measure(Rate.PAYMENT_RATE).rate.rate, self.measure(Rate.FIRST_ATTEMPT_RATE).rate.rate
        return None if payment is None or first is None else payment - first


def _messages(scope: Scope) -> Query:
    return Query(
        "messages",
        f"""-- One row per fate of a message.
with {scope.messages()}

select
    case
        when coalesce(is_test, false) then 'test'
        when coalesce(is_verification, false) then 'verification'
        when result = 'pending' then 'unknown_outcome'
        when result = 'error' then 'error'
        when not is_authorization then 'blocked'
        when is_approved then 'approved'
        else 'declined'
    end as fate,
    count(*) as attempts,
    sum(reporting_amount) as value
from messages
group by 1
order by 1""",
    )


def _payments(scope: Scope) -> Query:
    return Query(
        "payments",
        f"""-- One row per end of a payment; its value is the amount of its first attempt.
with {scope.payments()}

select
    final_result = 'approved' as approved,
    coalesce(is_first_attempt_approved, false) as approved_at_once,
    has_authorization as answered,
    final_result = 'pending' as still_open,
    count(*) as payments,
    sum(reporting_amount) as value
from payments
group by 1, 2, 3, 4
order by 1, 2, 3, 4""",
    )


def read_bridge(warehouse: Warehouse, scope: Scope) -> Bridge:
    messages_query, payments_query = _messages(scope), _payments(scope)
    messages, payments = messages_query.rows(warehouse), payments_query.rows(warehouse)
    answered = [row for row in messages if row["fate"] in {"approved", "declined"}]
    authorised = [row for row in payments if row["answered"]]
    lost = [row for row in payments if not row["approved"] and not row["still_open"]]
    still_open = [row for row in payments if row["still_open"] and not row["approved"]]
    parts: Mapping[Rate, tuple[list[Row], Callable[[Row], bool]]] = {
        Rate.ATTEMPT_RATE: (answered, _is_approved),
        Rate.FIRST_ATTEMPT_RATE: (authorised, lambda row: bool(row["approved_at_once"])),
        Rate.PAYMENT_RATE: (authorised, lambda row: bool(row["approved"])),
        Rate.ACCEPTANCE_RATE: ([*answered, *(row for row in messages if row["fate"] == "blocked")], _is_approved),
    }
    return Bridge(
        messages=sum(whole(row, "attempts") for row in messages),
        left_out=_left_out(messages, scope),
        measures=tuple(_measure(key, *parts[key], scope) for key in NAMES),
        lost_payments=sum(whole(row, "payments") for row in lost),
        lost_value=_value(lost, scope),
        open_payments=sum(whole(row, "payments") for row in still_open),
        queries=(messages_query, payments_query),
    )


def _is_approved(row: Row) -> bool:
    return bool(row["fate"] == "approved")


def _measure(key: Rate, rows: list[Row], won: Callable[[Row], bool], scope: Scope) -> Measure:
    approved = [row for row in rows if won(row)]
    count = "attempts" if RATES[key].grain is Grain.ATTEMPT else "payments"
    return Measure(
        key=key,
        name=NAMES[key],
        definition=RATES[key],
        rate=Proportion.of(sum(whole(row, count) for row in approved), sum(whole(row, count) for row in rows)),
        value_approved=_value(approved, scope),
        value=_value(rows, scope),
    )


def _left_out(messages: list[Row], scope: Scope) -> tuple[Step, ...]:
    steps = []
    for key, meaning in LEFT_OUT.items():
        rows = [row for row in messages if row["fate"] == key]
        if rows:
            steps.append(Step(key, meaning, sum(whole(row, "attempts") for row in rows), _value(rows, scope)))
    return tuple(steps)


def _value(rows: list[Row], scope: Scope) -> Money | None:
    """Sum the amounts that have an exchange rate; null when none has one, zero when there are no rows."""
    if not rows:
        return Money(0, scope.currency)
    amounts = [row["value"] for row in rows if row["value"] is not None]
    return scope.money(sum(amounts)) if amounts else None
