"""What a retry would be with the attempts of the card that a person tells, and how near the scheme limits are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from payment_analysis.backend.decision_facts import context_of, hits_out, options_out
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.retry import BY_CODE, decide_retry
from payment_analysis.decisioning.retry_case import Case, RetryFacts, decline_of
from payment_analysis.decisioning.scheme_limits import attempt_made, known_attempts, network_of
from payment_analysis.domain.countries import region_of
from payment_analysis.domain.decline_rules import ANY
from payment_analysis.domain.retry_rules import AttemptMade, IssuerPlace, attempts_over, rules_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from payment_analysis.backend.decision_models import DecisionContext
    from payment_analysis.backend.decision_state import Configured
    from payment_analysis.decisioning.context import Context
    from payment_analysis.decisioning.retry_case import RetryScores
    from payment_analysis.domain.retry_rules import RetryRule
    from payment_analysis.ml.scoring import Scoring


class Earlier(NamedTuple):
    """An attempt of the card at the merchant before the declined one."""

    hours_ago: float
    declined: bool
    code: str | None
    advice_code: str | None


class RuleState(NamedTuple):
    """One scheme rule beside the attempts of a card; `allowed_after` is None when no wait helps."""

    rule: RetryRule
    counted: int
    allowed_after: timedelta | None


def facts_of(
    body: DecisionContext, earlier: Sequence[Earlier], now: datetime
) -> tuple[Context, tuple[AttemptMade, ...]]:
    """The payment, and every attempt of its card that is known, the told ones first."""
    context = context_of(body, now)
    network = network_of(body.network)
    told = [
        attempt_made(network, one.code, one.advice_code, now - timedelta(hours=one.hours_ago), declined=one.declined)
        for one in earlier
    ]
    made = known_attempts(context, sorted(told, key=lambda attempt: attempt.at), of_payment=0)
    return context, made


def redecided(
    answer: Mapping[str, Any], context: Context, made: Sequence[AttemptMade], configured: Configured, scoring: Scoring
) -> dict[str, Any]:
    """The previewed answer as it would be with these attempts counted."""
    known = answer["features"]
    scores = scores_of(answer, context, scoring)
    ruled = configured.settings.switch("rule_engine_enabled")
    wishes = tuple(configured.rules.wishes(Decision.RETRY, context, known)) if ruled else ()
    decision = decide_retry(context, scores, RetryFacts(made, configured.codes), configured.settings, wishes)
    return {
        **answer,
        "reason": decision.reason,
        "policy": decision.policy,
        "options": options_out(decision.options),
        "rules": hits_out(decision.hits),
        "should_retry": decision.should_retry,
        "retry_after_seconds": decision.wait_seconds,
        "max_attempts": decision.attempts_max,
        "way": decision.way,
        "counted_attempts": len(made),
    }


def scores_of(answer: Mapping[str, Any], context: Context, scoring: Scoring) -> RetryScores | None:
    """What the models say; None where the answer was made without them."""
    if answer["policy"] == BY_CODE:
        return None
    return scoring.retries(context, answer["features"], decline_of(context).reason)


def house_wait(context: Context, configured: Configured) -> timedelta | None:
    """The least wait that the decline and the row of its code ask for; None when it may not be sent again."""
    decline = decline_of(context)
    if not decline.retryable:
        return None
    row = Case(context, decline, None, RetryFacts((), configured.codes), configured.settings, ()).row
    own = timedelta(seconds=0 if row is None else row.backoff_seconds)
    return max(own, decline.earliest_retry or timedelta())


def latest_of(waits: Sequence[timedelta | None]) -> timedelta | None:
    """The wait that keeps all of them; None when one can never be kept."""
    kept = [wait for wait in waits if wait is not None]
    return max(kept) if len(kept) == len(waits) else None


def rule_states(context: Context, made: Sequence[AttemptMade]) -> list[RuleState]:
    """Every rule of the card's network that one card can break; a merchant's total cannot be seen from one card."""
    network = network_of(context.network)
    if network is None or not made:
        return []
    place = IssuerPlace.DOMESTIC if context.issuer_country == context.merchant_country else IssuerPlace.FOREIGN
    in_order = sorted(made, key=lambda attempt: attempt.at)
    return [
        RuleState(rule, _counted(rule, in_order, context.at), _allowed_after(rule, in_order, context.at))
        for rule in rules_on(network, region_of(context.merchant_country), context.at.date())
        if rule.key != "merchant" and rule.issuer in {ANY, place}
    ]


def _counted(rule: RetryRule, in_order: Sequence[AttemptMade], now: datetime) -> int:
    """Declines in the rule's window that it matches."""
    return sum(
        one.declined and not rule.matches.isdisjoint(one.traits) and (rule.window is None or one.at > now - rule.window)
        for one in in_order
    )


def _allowed_after(rule: RetryRule, in_order: Sequence[AttemptMade], now: datetime) -> timedelta | None:
    """The least wait after which one more decline like the last breaks nothing: declines leave a moving window."""
    last, before = in_order[-1], attempts_over(rule, in_order)
    leaves = [] if rule.window is None else [one.at + rule.window for one in in_order]
    for at in sorted({now, *(moment for moment in leaves if moment > now)}):
        like_last = AttemptMade(at, declined=True, visa_category=last.visa_category, advice_code=last.advice_code)
        if attempts_over(rule, [*in_order, like_last]) <= before:
            return at - now
    return None
