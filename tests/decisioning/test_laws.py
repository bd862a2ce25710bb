"""Laws that hold for every payment, every score and every rule."""

from __future__ import annotations

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
from tests.decisioning.laws import check_authentication, check_retry, check_routing

from payment_analysis.decisioning.authentication import decide_authentication
from payment_analysis.decisioning.context import Context
from payment_analysis.decisioning.mandates import Path
from payment_analysis.decisioning.retry import decide_retry
from payment_analysis.decisioning.routing import Footing, decide_routing, on_offer, propensities
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

    check_authentication(context, decision)


@EXAMPLES
@given(contexts(), route_facts(), SHARES, st.floats(0, 0.999), wishes(["north", "south", "network_token"]))
def test_every_route_is_valid_and_explained(
    context: Context, routes: list[RouteFacts], fraud: float, luck: float, asked: tuple[Wish, ...]
) -> None:
    offer = on_offer(context, routes, fraud, SETTINGS, wishes=asked)
    full = [arm.footing is Footing.FULL for arm in offer.arms]
    wins = [one / max(sum(full), 1) for one in full]
    decision = decide_routing(offer, wins, luck, SETTINGS)

    check_routing(routes, decision)
    if decision is not None:
        assert abs(sum(propensities(offer.arms, wins, SETTINGS)) - 1.0) < 1e-9


@EXAMPLES
@given(st.data(), contexts(), st.none() | retry_scores(), wishes(["x"]))
def test_every_retry_is_valid_explained_and_against_no_rule(
    data: st.DataObject, context: Context, scores: RetryScores | None, asked: tuple[Wish, ...]
) -> None:
    facts = data.draw(retry_facts(context))

    decision = decide_retry(context, scores, facts, SETTINGS, asked)

    check_retry(context, facts, asked, decision)


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
