"""Routing as a payments person reviews it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.decisioning.contexts import PLAIN, SETTINGS

from payment_analysis.decisioning.option import Wish
from payment_analysis.decisioning.routing import Footing, RouteFacts, decide_routing, on_offer, propensities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.decisioning.routing import Arm, Offer, RoutingDecision

GOOD = RouteFacts("good", (0.90, 0.92), 0.10, 0.02, 0.05, 10_000)
DEAR = RouteFacts("dear", (0.90, 0.92), 1.10, 0.05, 0.05, 10_000)
POOR = RouteFacts("poor", (0.60, 0.62), 0.10, 0.02, 0.05, 10_000)


def wins(arms: Sequence[Arm]) -> list[float]:
    """The first arm of full footing always wins."""
    first = next(place for place, arm in enumerate(arms) if arm.footing is Footing.FULL)
    return [float(place == first) for place in range(len(arms))]


def decided(offer: Offer, luck: float = 0.0) -> RoutingDecision:
    decision = decide_routing(offer, wins(offer.arms), luck, SETTINGS)
    assert decision is not None
    return decision


def test_the_best_expected_value_leads_and_the_rest_is_the_plan() -> None:
    offer = on_offer(PLAIN, (GOOD, DEAR, POOR), 0.0, SETTINGS)

    decision = decided(offer)

    assert (decision.route, decision.solution, decision.is_exploration) == ("good", "standard", False)
    assert decision.cascade == ("dear/standard", "poor/standard")
    assert decision.propensity == pytest.approx(1.0 - 2 * 0.01)


def test_a_token_takes_part_only_where_there_is_one() -> None:
    offer = on_offer(PLAIN._replace(has_network_token=True), (GOOD,), 0.0, SETTINGS)

    assert [arm.footing for arm in offer.arms] == ["full", "full"]


FOOTINGS = """
    working    10000  up    on    full
    brand new  0      up    on    new
    learning   199    up    on    new
    earned     200    up    on    full
    down       10000  down  on    down
    off        10000  up    off   out
"""


@pytest.mark.parametrize("case", FOOTINGS.strip().splitlines())
def test_a_route_takes_part_on_the_footing_it_has_earned(case: str) -> None:
    _, outcomes, standing, switch, footing = case.strip().rsplit(maxsplit=4)
    other = GOOD._replace(route="other", outcomes=int(outcomes), is_down=standing == "down", is_active=switch == "on")

    arms = on_offer(PLAIN, (GOOD, other), 0.0, SETTINGS).arms

    assert arms[2].footing == footing
    chances = propensities(arms, wins(arms), SETTINGS)
    assert sum(chances) == pytest.approx(1.0)
    assert chances[2] == {"full": 0.01, "new": 0.01, "down": 0.02, "out": 0.0}[footing]


def test_routes_that_are_all_down_still_carry_the_traffic() -> None:
    down = [one._replace(is_down=True) for one in (GOOD, POOR)]

    decision = decided(on_offer(PLAIN, down, 0.0, SETTINGS), 0.5)

    assert "no better route" in next(one.why for one in decision.options if one.action == "good/standard")


def test_a_rule_that_names_a_route_that_is_out_changes_nothing() -> None:
    off = POOR._replace(is_active=False)
    force = Wish("r1", "poor first", "1", "send to poor", require=frozenset({"poor"}))

    offer = on_offer(PLAIN, (GOOD, off), 0.0, SETTINGS, wishes=(force,))

    assert [arm.action for arm in offer.arms if arm.footing == "full"] == ["good/standard"]
    assert not offer.hits[0].followed


def test_a_rule_may_forbid_a_route() -> None:
    forbid = Wish("r1", "not good", "1", "do not send to good", forbid=frozenset({"good"}))

    decision = decided(on_offer(PLAIN, (GOOD, POOR), 0.0, SETTINGS, wishes=(forbid,)), 0.5)

    assert (decision.route, decision.cascade) == ("poor", ())
