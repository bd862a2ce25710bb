"""The questions a backtest asks of silver: which attempts a rule would have met, and how such attempts went.

Two ways of replaying. `choice`: the rule changes what is chosen for an attempt (a route, an authentication, a wait).
Attempts that went the rule's way already are compared with the others in the same stratum. `removal`: the rule takes
later attempts away, and what they brought is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from payment_analysis.decisioning.actions import ActionKind
from payment_analysis.decisioning.fields import Decision
from payment_analysis.lakehouse.dialect import SOURCE
from payment_analysis.lakehouse.table import load_tables
from payment_analysis.ml.columns import SILVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.decisioning.actions import RuleAction

PATH: Final = """case
    when payment_solution = 'passkey' then 'passkey'
    when data_only_used then 'data_only'
    when three_ds_friction then '3ds_challenge'
    when uses_3ds then '3ds_frictionless'
    else 'none' end"""
CASCADE_SECONDS: Final = 60  # a retry on another route within a minute is the cascade of the attempt before


@dataclass(frozen=True, slots=True)
class Replay:
    """How an action is replayed; `told` says that a stored attempt went the action's way, `:told` is its value."""

    way: Literal["choice", "removal", "none"]
    told: str = "true"
    known: str = "true"  # rows of which the log tells what was chosen
    why_not: str = ""


REPLAYS: Final[Mapping[ActionKind, Replay]] = MappingProxyType(
    {
        ActionKind.FORCE_PATH: Replay("choice", f"({PATH}) = :told", "uses_3ds is not null"),
        ActionKind.FORBID_PATH: Replay("choice", f"({PATH}) <> :told", "uses_3ds is not null"),
        ActionKind.REQUEST_EXEMPTION: Replay("choice", "coalesce(sca_exemption, '') = :told"),
        ActionKind.FORBID_EXEMPTION: Replay("choice", "sca_exemption is null"),
        ActionKind.FORCE_ROUTE: Replay("choice", "psp = :told", "psp is not null"),
        ActionKind.FORBID_ROUTE: Replay("choice", "psp <> :told", "psp is not null"),
        ActionKind.RETRY_AFTER: Replay("choice", "retried_after_seconds >= :told", "retried_after_seconds is not null"),
        ActionKind.DO_NOT_RETRY: Replay("removal"),
        ActionKind.CAP_ATTEMPTS: Replay("removal", "position_in_payment >= :told"),
        ActionKind.NO_CASCADE: Replay("removal", f"psp_switched and retried_after_seconds <= {CASCADE_SECONDS}"),
        ActionKind.NO_EXPLORATION: Replay("none", why_not="stored attempts do not say which of them were exploration"),
    }
)

# What decided the choice in the log and moves the outcome, too: attempts are compared only where all of these agree.
STRATA: Final[Mapping[Decision, tuple[str, ...]]] = MappingProxyType(
    {
        Decision.ROUTING: ("merchant_id", "card_network", "is_cross_border", "is_retry"),
        Decision.AUTHENTICATION: (
            "card_network",
            "is_cross_border",
            "payment_method_type",
            "cast(floor(fraud_score * 20) as int)",
            "amount_bucket",
            "is_retry",
        ),
        Decision.RETRY: ("card_network", "is_cross_border", "reason", "amount_bucket"),
    }
)

_SUMS: Final = """
    count(*) as attempts,
    count_if(is_approved) as approved,
    cast(sum(worth) as double) as value,
    sum(cast(worth as double) * cast(worth as double)) as value_squares,
    count_if(worth is not null and fraud_reported_at is not null) as frauds,
    cast(sum(case when fraud_reported_at is not null then worth end) as double) as fraud_value,
    sum(case when fraud_reported_at is not null then cast(worth as double) * cast(worth as double) end)
        as fraud_value_squares"""
_LIMIT_VIEWS: Final = ("retry_rule_hits_silver", "retry_rule_events_silver", "retry_limits_silver")
_SEEN: Final = "is_sale and event_timestamp >= :since and event_timestamp < :until"
_OUTCOME: Final = "is_approved, case when is_approved then reporting_amount end as worth, fraud_reported_at"


def met_sql(decision: Decision, condition: str) -> str:
    """By day: the attempts the rule fires for, their payments and how they went."""
    return f"""
        select event_date as day, count(*) as attempts, count(distinct payment_id) as payments,
            count_if(is_approved) as approved, count_if(is_authorization) as answered,
            cast(sum(reporting_amount) as double) as value
        from payments_enriched_silver
        where {_SEEN}{_declined(decision)} and ({condition})
        group by event_date
        order by event_date"""


def choice_sql(decision: Decision, action: RuleAction, condition: str) -> str:
    """By stratum and by whether the attempt went the rule's way: how many there were and what came of them."""
    replay = REPLAYS[action.kind]
    keys = [f"s{place}" for place in range(len(STRATA[decision]))]
    strata = ", ".join(f"{column} as {key}" for column, key in zip(STRATA[decision], keys, strict=True))
    source = _nexts(condition) if decision is Decision.RETRY else _own(condition)
    return f"""
        with decided as ({source}),
        sorted as (
            select {strata}, coalesce({replay.told}, false) as is_told, {_OUTCOME}
            from decided
            where {replay.known}
        )
        select {", ".join(keys)}, is_told, {_SUMS}
        from sorted
        group by {", ".join(keys)}, is_told"""


def removal_sql(action: RuleAction, condition: str, decision: Decision) -> str:
    """What the attempts brought that the rule takes away, and the networks' fees for them."""
    return f"""
        with removed as ({_removed(action, condition, decision)}),
        {_limits_of_removed()},
        fees as (
            select limits.transaction_id, sum(
                cast(rules.fee_minor as double) / power(10, currencies.exponent) * cast(rates.rate as double)
            ) as fee
            from retry_limits_silver as limits
            inner join retry_rules as rules
                on limits.is_over and limits.rule_id = concat_ws(
                    '|', rules.network, rules.rule, rules.region, rules.issuer, rules.matches,
                    cast(rules.effective_from as string)
                )
            left join currencies on rules.fee_currency = currencies.code
            left join reporting_rates as rates
                on rules.fee_currency = rates.currency
                and limits.event_date >= rates.valid_from and limits.event_date < rates.valid_to
            group by limits.transaction_id
        )
        select {_SUMS}, sum(fees.fee) as scheme_fees, sum(fees.fee * fees.fee) as scheme_fee_squares,
            count(fees.fee) as charged, count(distinct payment_id) as payments
        from removed
        left join fees on removed.transaction_id = fees.transaction_id"""


@cache
def _limits_of_removed() -> str:
    """The views that count retries against the networks' limits, over the cards of the removed attempts alone.

    A limit of a whole merchant cannot be counted so; it is reached after thousands of declines, and left out.
    """
    tables = load_tables()
    views = ", ".join(f"{name} as ({tables[name].statement.sql(dialect=SOURCE)})" for name in _LIMIT_VIEWS)
    cards = "select card_token_id from removed"
    return f"{SILVER} as (select * from {SILVER} where card_token_id in ({cards})), {views}"


def _declined(decision: Decision) -> str:
    return " and result = 'declined'" if decision is Decision.RETRY else ""


def _own(condition: str) -> str:
    return f"select * from payments_enriched_silver where {_SEEN} and ({condition})"


def _nexts(condition: str) -> str:
    """The attempt that followed each declined one the rule fires for, with the reason of that decline."""
    return f"""
        select later.*, declined.reason
        from (
            select payment_id, position_in_payment, decline_reason_standard as reason
            from payments_enriched_silver
            where {_SEEN} and result = 'declined' and ({condition})
        ) as declined
        inner join payments_enriched_silver as later
            on declined.payment_id = later.payment_id
            and declined.position_in_payment + 1 = later.position_in_payment and later.is_sale"""


def _removed(action: RuleAction, condition: str, decision: Decision) -> str:
    """The attempts that would not have been made: all later ones, or the cascade that followed."""
    replay = REPLAYS[action.kind]
    from_here = replay.told if action.kind is ActionKind.CAP_ATTEMPTS else "true"
    only = replay.told if action.kind is ActionKind.NO_CASCADE else "true"
    return f"""
        select transaction_id, payment_id, card_token_id, {_OUTCOME}
        from (
            select later.*
            from (
                select payment_id, min(position_in_payment) as stopped_at
                from payments_enriched_silver
                where {_SEEN}{_declined(decision)} and ({from_here}) and ({condition})
                group by payment_id
            ) as stopped
            inner join payments_enriched_silver as later
                on stopped.payment_id = later.payment_id and later.position_in_payment > stopped.stopped_at
                and later.is_sale
        ) as after
        where {only}"""
