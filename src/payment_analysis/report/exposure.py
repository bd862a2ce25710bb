"""Retries that the card schemes forbid or charge for, counted with the rules of their day."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import region_of
from payment_analysis.domain.decline_reasons import Remedy
from payment_analysis.domain.declines import is_irreversible, visa_category
from payment_analysis.domain.money import Money, rate
from payment_analysis.domain.retry_rules import AttemptMade, Counts, IssuerPlace, attempts_over, retry_rules, rules_on
from payment_analysis.report.lost import retries
from payment_analysis.report.proportion import Proportion, total
from payment_analysis.report.warehouse import Query, Row, Scope, Warehouse, whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from payment_analysis.domain.retry_rules import RetryRule
    from payment_analysis.report.overview import Overview

PER_AMOUNT = "card+amount+merchant"
PER_CARD = "card+merchant"


@dataclass(frozen=True, slots=True)
class OverLimit:
    """Attempts above one limit of one network, and their fees where a fee is published."""

    network: str
    rule: str
    attempts_max: int
    window_hours: int | None
    attempts_over: int
    fee: Money | None  # in the currency of the rule
    fee_reporting: Money | None
    source: str


@dataclass(frozen=True, slots=True)
class Exposure:
    computable: bool
    why_not: str
    cards: int  # cards and merchants looked at one by one
    over_limits: tuple[OverLimit, ...]
    after_stop: Proportion  # answered retries that followed a decline which says never again, within one payment
    fees: Money | None
    queries: tuple[Query, ...]

    @property
    def forbidden_attempts(self) -> int:
        """Attempts over a limit of a card; without card identity, retries after a final refusal within a payment."""
        return sum(line.attempts_over for line in self.over_limits) if self.computable else self.after_stop.trials


def _after_stop(scope: Scope) -> Query:
    return Query(
        "retries_after_a_final_refusal",
        f"""-- One row: answered attempts that directly follow a decline whose remedy is to stop.
with {retries(scope)}

select count(*) as attempts, count_if(is_approved) as approved
from retries
where previous_result = 'declined' and previous_remedy = '{Remedy.STOP}'""",
    )


def _cards(scope: Scope) -> Query:
    declines_min = min(rule.attempts_max for rule in retry_rules() if rule.counts is Counts.DECLINES)
    networks = ", ".join(sorted({f"'{rule.network}'" for rule in retry_rules()} | {f"'{CardNetwork.MAESTRO}'"}))
    return Query(
        "cards_near_a_limit",
        f"""-- One row per attempt of a card at a merchant with more declines than the lowest limit, or a try after no.
with attempts as (
    select *, coalesce(merchant_id, '') as merchant
    from payments_enriched_silver
    where {scope.period("event_timestamp")}
        and not coalesce(is_test, false)
        and card_token_id is not null
        and card_network in ({networks})
),

suspects as (
    select card_network, card_token_id, merchant
    from attempts
    group by card_network, card_token_id, merchant
    having
        count_if(result = 'declined') > {declines_min}
        or min(
            case when result = 'declined' and not is_retryable and decline_code_raw is not null then event_timestamp end
        ) < max(event_timestamp)
)

select
    a.card_network as network,
    a.card_token_id,
    a.merchant,
    a.amount_minor,
    a.currency,
    a.event_timestamp,
    a.result = 'declined' as declined,
    a.decline_code_raw,
    a.merchant_advice_code,
    a.issuer_country,
    a.merchant_country
from attempts as a
inner join suspects as s
    on a.card_network = s.card_network and a.card_token_id = s.card_token_id and a.merchant = s.merchant
where a.result in ('approved', 'declined')
order by network, card_token_id, merchant, event_timestamp""",
    )


def read_exposure(warehouse: Warehouse, scope: Scope, overview: Overview) -> Exposure:
    stop = _after_stop(scope)
    (row,) = stop.rows(warehouse)
    after_stop = Proportion.of(whole(row, "approved"), whole(row, "attempts"))
    missing = [name for name in ("card_token_id", "card_network") if overview.lacks(name)]
    if missing:
        what = {"card_token_id": "card identity", "card_network": "card network"}[missing[0]]
        why = f"no {what} in this data ({missing[0]} is empty on every attempt)"
        return Exposure(False, why, 0, (), after_stop, None, (stop,))
    cards = _cards(scope)
    rows = cards.rows(warehouse)
    over_limits = _over_limits(rows, scope, overview.newest_event.date())
    return Exposure(
        computable=True,
        why_not="",
        cards=len({(row["network"], row["card_token_id"], row["merchant"]) for row in rows}),
        over_limits=over_limits,
        after_stop=after_stop,
        fees=total(line.fee_reporting for line in over_limits),
        queries=(cards, stop),
    )


def _over_limits(rows: Iterable[Row], scope: Scope, on: date) -> tuple[OverLimit, ...]:
    by_card: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    by_amount: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        card = (row["network"], row["card_token_id"], row["merchant"])
        by_card[card].append(row)
        by_amount[(*card, row["amount_minor"], row["currency"])].append(row)
    over: Counter[RetryRule] = Counter()
    for key, groups in ((PER_CARD, by_card), (PER_AMOUNT, by_amount)):
        for group in groups.values():
            for rule in _rules(group, key):
                over[rule] += attempts_over(rule, [_attempt(row) for row in group])
    lines = [_line(rule, count, scope, on) for rule, count in over.items() if count]
    return tuple(sorted(lines, key=lambda line: (-line.attempts_over, line.network, line.rule)))


def _rules(group: list[Row], key: str) -> set[RetryRule]:
    """Find the rules of every day of the group; countries that are not known count as domestic, the lower fee."""
    first = group[0]
    network, region = CardNetwork(first["network"]), region_of(first["merchant_country"])
    issuer, merchant = first["issuer_country"], first["merchant_country"]
    place = IssuerPlace.FOREIGN if issuer and merchant and issuer != merchant else IssuerPlace.DOMESTIC
    return {
        rule
        for day in {row["event_timestamp"].date() for row in group}
        for rule in rules_on(network, region, day)
        if rule.key == key and rule.issuer in {"*", place}
    }


def _attempt(row: Row) -> AttemptMade:
    network, code, on = CardNetwork(row["network"]), row["decline_code_raw"], row["event_timestamp"].date()
    is_coded = bool(row["declined"] and code)
    return AttemptMade(
        at=row["event_timestamp"],
        declined=bool(row["declined"]),
        visa_category=visa_category(code, on) if is_coded and network is CardNetwork.VISA else None,
        advice_code=row["merchant_advice_code"] if row["declined"] else None,
        irreversible=is_coded and is_irreversible(network, code, on),
    )


def _line(rule: RetryRule, count: int, scope: Scope, on: date) -> OverLimit:
    fee = None
    if rule.fee_minor is not None and rule.fee_currency is not None:
        fee = Money(rule.fee_minor * count, rule.fee_currency)
    factor = rate(fee.currency, scope.currency, on) if fee else None
    return OverLimit(
        network=rule.network,
        rule=rule.rule,
        attempts_max=rule.attempts_max,
        window_hours=None if rule.window is None else int(rule.window.total_seconds() // 3600),
        attempts_over=count,
        fee=fee,
        fee_reporting=scope.money(fee.amount * factor) if fee and factor is not None else None,
        source=rule.source,
    )
