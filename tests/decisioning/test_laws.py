"""Laws that hold for every payment, every score and every rule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisioning.contexts import (
    SETTINGS,
    SHARES,
    contexts,
    path_scores,
    retry_facts,
    retry_scores,
    route_facts,
    wishes,
)

from payment_analysis.decisioning.authentication import decide_authentication
from payment_analysis.decisioning.context import UNKNOWN_OUTCOMES, Context
from payment_analysis.decisioning.mandates import (
    EXEMPTIONS,
    PAYS_FOR_3DS,
    STRONG,
    Path,
    is_mandated_debit,
    needs_strong_authentication,
)
from payment_analysis.decisioning.retry import decide_retry
from payment_analysis.decisioning.retry_case import decline_of
from payment_analysis.decisioning.routing import Footing, decide_routing, on_offer, propensities
from payment_analysis.decisioning.scheme_limits import limit_at, network_of
from payment_analysis.decisioning.settings import PolicySettings
from payment_analysis.ml.columns import FORBIDDEN

if TYPE_CHECKING:
    from payment_analysis.decisioning.authentication import PathScores
    from payment_analysis.decisioning.option import Wish
    from payment_analysis.decisioning.retry_case import RetryScores
    from payment_analysis.decisioning.routing import Arm, RouteFacts

EXAMPLES = settings(max_examples=150, deadline=None)


@EXAMPLES
@given(contexts(), st.none() | path_scores(), wishes([*Path]))
def test_every_authentication_is_valid_and_explained(
    context: Context, scores: PathScores | None, asked: tuple[Wish, ...]
) -> None:
    decision = decide_authentication(context, scores, SETTINGS, asked)

    chosen = next(one for one in decision.options if one.action == decision.path)
    assert chosen.is_eligible
    assert decision.reason
    assert all(one.is_eligible or one.why for one in decision.options)
    if is_mandated_debit(context):
        assert decision.path in PAYS_FOR_3DS
    elif needs_strong_authentication(context):
        assert decision.path in STRONG | EXEMPTIONS


@EXAMPLES
@given(contexts(), route_facts(), SHARES, st.floats(0, 0.999), wishes(["north", "south", "network_token"]))
def test_every_route_is_valid_and_explained(
    context: Context, routes: list[RouteFacts], fraud: float, luck: float, asked: tuple[Wish, ...]
) -> None:
    offer = on_offer(context, routes, fraud, SETTINGS, wishes=asked)
    full = [arm.footing is Footing.FULL for arm in offer.arms]
    wins = [one / max(sum(full), 1) for one in full]
    decision = decide_routing(offer, wins, luck, SETTINGS)

    if decision is None:
        assert not any(one.is_active for one in routes)
        return
    chances = propensities(offer.arms, wins, SETTINGS)
    assert abs(sum(chances) - 1.0) < 1e-9
    assert 0.0 < decision.propensity <= 1.0
    assert decision.reason
    assert next(one for one in routes if one.route == decision.route).is_active
    assert all(one.is_eligible or one.why for one in decision.options)
    assert decision.route not in {arm.split("/")[0] for arm in decision.cascade}


@EXAMPLES
@given(st.data(), contexts(), st.none() | retry_scores(), wishes(["x"]))
def test_every_retry_is_valid_explained_and_against_no_rule(
    data: st.DataObject, context: Context, scores: RetryScores | None, asked: tuple[Wish, ...]
) -> None:
    facts = data.draw(retry_facts(context))

    decision = decide_retry(context, scores, facts, SETTINGS, asked)

    assert decision.reason
    if not decision.should_retry:
        assert (decision.way, decision.wait_seconds) == (None, None)
        return
    decline = decline_of(context)
    assert context.previous_outcome not in UNKNOWN_OUTCOMES
    assert decline.action not in {"stop", "update_card", "check_status_first", "manual_review", "ask_cardholder"}
    assert max(context.attempts_made, 1) < decision.attempts_max
    assert not any(wish.stop for wish in asked)
    assert decision.wait_seconds is not None
    if decline.earliest_retry is not None:
        assert decision.wait_seconds >= decline.earliest_retry.total_seconds()
    at = context.at + timedelta(seconds=decision.wait_seconds)
    broken = limit_at(
        facts.made,
        at,
        network=network_of(context.network),
        merchant_country=context.merchant_country,
        issuer_country=context.issuer_country,
    )
    assert broken is None


STRICTER = {
    "retry_max_attempts_control": 2,
    "retry_max_attempts_treatment": 2,
    "retry_success_min": 0.4,
    "retry_net_min": 5.0,
    "retry_budget_30d": 3,
}


@EXAMPLES
@given(st.data(), contexts(), st.none() | retry_scores(), st.sampled_from([*STRICTER]))
def test_a_stricter_policy_never_retries_more(
    data: st.DataObject, context: Context, scores: RetryScores | None, key: str
) -> None:
    facts = data.draw(retry_facts(context))
    strict = PolicySettings.of({key: str(STRICTER[key])})

    stern, mild = (decide_retry(context, scores, facts, one) for one in (strict, SETTINGS))

    assert mild.should_retry or not stern.should_retry


@EXAMPLES
@given(st.data(), contexts(), st.none() | retry_scores())
def test_a_prohibition_never_allows_anything(data: st.DataObject, context: Context, scores: RetryScores | None) -> None:
    facts = data.draw(retry_facts(context))
    more = data.draw(wishes(["x"]))

    with_rules = decide_retry(context, scores, facts, SETTINGS, more)

    assert decide_retry(context, scores, facts, SETTINGS).should_retry or not with_rules.should_retry


@EXAMPLES
@given(contexts(), route_facts(), SHARES, st.floats(0, 5))
def test_a_dearer_provider_never_gains_by_its_price(
    context: Context, routes: list[RouteFacts], fraud: float, more: float
) -> None:
    dear = [routes[0]._replace(fee_fixed=routes[0].fee_fixed + more), *routes[1:]]

    before, after = (on_offer(context, some, fraud, SETTINGS).arms for some in (routes, dear))

    def ahead(arms: tuple[Arm, ...]) -> set[str]:
        own = max(arm.value for arm in arms if arm.route == routes[0].route)
        return {arm.action for arm in arms if arm.route != routes[0].route and arm.value > own}

    assert ahead(before) <= ahead(after)


@EXAMPLES
@given(contexts(), path_scores())
def test_what_is_known_only_after_the_answer_is_no_fact_of_authentication_or_routing(
    context: Context, scores: PathScores
) -> None:
    told = context._replace(previous_route="north", previous_advice_code="03", previous_outcome="declined")

    assert decide_authentication(told, scores, SETTINGS) == decide_authentication(
        told._replace(previous_route=None, previous_advice_code=None, previous_outcome=None), scores, SETTINGS
    )


def test_forbidden_columns_are_no_fields_of_a_context() -> None:
    assert set(Context._fields) & set(FORBIDDEN) == set()


@given(st.sampled_from([*PolicySettings.of({}).values]))
def test_a_configured_zero_is_zero(key: str) -> None:
    value = PolicySettings.of({}).values[key]
    if isinstance(value, bool | str):
        return

    assert PolicySettings.of({key: "0"}).number(key) == 0.0
