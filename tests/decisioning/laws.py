"""What every decision has to be, whatever it was made from: valid, explained, against no rule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from payment_analysis.decisioning.context import UNKNOWN_OUTCOMES
from payment_analysis.decisioning.mandates import (
    EXEMPTIONS,
    PAYS_FOR_3DS,
    STRONG,
    is_mandated_debit,
    needs_strong_authentication,
)
from payment_analysis.decisioning.retry_case import decline_of
from payment_analysis.decisioning.scheme_limits import limits_at, network_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.decisioning.authentication import AuthenticationDecision
    from payment_analysis.decisioning.context import Context
    from payment_analysis.decisioning.option import Wish
    from payment_analysis.decisioning.retry import RetryDecision
    from payment_analysis.decisioning.retry_case import RetryFacts
    from payment_analysis.decisioning.routing import RouteFacts, RoutingDecision

NEVER_REPEATED = frozenset({"stop", "update_card", "check_status_first", "manual_review", "ask_cardholder"})


def check_authentication(context: Context, decision: AuthenticationDecision) -> None:
    chosen = next(one for one in decision.options if one.action == decision.path)
    assert chosen.is_eligible
    assert decision.reason
    assert all(one.is_eligible or one.why for one in decision.options)
    if is_mandated_debit(context):
        assert decision.path in PAYS_FOR_3DS
    elif needs_strong_authentication(context):
        assert decision.path in STRONG | EXEMPTIONS


def check_routing(routes: Sequence[RouteFacts], decision: RoutingDecision | None) -> None:
    if decision is None:
        assert not any(one.is_active for one in routes)
        return
    assert 0.0 < decision.propensity <= 1.0
    assert decision.reason
    assert next(one for one in routes if one.route == decision.route).is_active
    assert all(one.is_eligible or one.why for one in decision.options)
    assert decision.route not in {arm.split("/")[0] for arm in decision.cascade}


def check_retry(context: Context, facts: RetryFacts, asked: Sequence[Wish], decision: RetryDecision) -> None:
    assert decision.reason
    if not decision.should_retry:
        assert (decision.way, decision.wait_seconds) == (None, None)
        return
    decline = decline_of(context)
    assert context.previous_outcome not in UNKNOWN_OUTCOMES
    assert decline.action not in NEVER_REPEATED
    assert max(context.attempts_made, 1) < decision.attempts_max
    assert not any(wish.stop for wish in asked)
    assert decision.wait_seconds is not None
    if decline.earliest_retry is not None:
        assert decision.wait_seconds >= decline.earliest_retry.total_seconds()
    (broken,) = limits_at(
        facts.made,
        [context.at + timedelta(seconds=decision.wait_seconds)],
        network=network_of(context.network),
        merchant_country=context.merchant_country,
        issuer_country=context.issuer_country,
    )
    assert broken is None
