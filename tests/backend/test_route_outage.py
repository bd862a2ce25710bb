"""A provider breaks, and a new one comes, while payments go on: in simulated time, by the choice that the API makes."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import numpy as np
import pytest

from payment_analysis.backend.decision_state import Configured, RouteRow
from payment_analysis.backend.route_choice import RouteChoice
from payment_analysis.decisioning.context import Context
from payment_analysis.decisioning.outcomes import Outcome, lesson_of
from payment_analysis.decisioning.route_watch import Event, Standing, Step
from payment_analysis.decisioning.routing import RoutingDecision
from payment_analysis.decisioning.settings import PolicySettings
from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import region_of
from payment_analysis.ml.route_memory import RouteMemory, Told
from payment_analysis.ml.scoring import Fee, RouteScores, Scoring

BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROUTES = ("north", "south", "east")
APPROVAL = {"north": 0.90, "south": 0.86, "east": 0.84, "new": 0.97}
PER_SECOND = 3.0  # payments: seven probes of a share of 2 % take two minutes
PASSES = 0.25  # of the attempts while the provider is down, as in the simulated world
OUTAGE = (timedelta(minutes=3), timedelta(minutes=13))


class Trained(Scoring):
    """Scores of routes that were trained on."""

    def __init__(self) -> None:
        super().__init__()
        self.routes, self.fees = ROUTES, {route: Fee(0.1, 0.015, 0.05) for route in ROUTES}


class World:
    """Payments one after the other, each decided, answered and heard."""

    def __init__(self, seed: int, *, new: bool = False, **settings: str) -> None:
        self.luck = random.Random(seed)
        self.choice = RouteChoice()
        routes = (*ROUTES, "new") if new else ROUTES
        self.choice.take(Trained(), RouteMemory(routes, seed=seed))
        rows = {route: RouteRow(route, 0.5, 0.3, is_active=True) for route in routes}
        policy = PolicySettings.of(settings)
        self.configured = Configured(policy, {}, MappingProxyType({}), MappingProxyType(rows))
        odds = np.array([np.log(APPROVAL[route] / (1.0 - APPROVAL[route])) for route in ROUTES])
        self.scores = RouteScores(np.stack([odds, odds]), np.full(len(ROUTES), 0.02), 0.001)
        self.at = BEGIN

    def pay(self, *, down: bool = False) -> tuple[RoutingDecision, Event | None]:
        """One payment: north carries only a quarter while it is down."""
        self.at += timedelta(seconds=self.luck.expovariate(PER_SECOND))
        issuer = f"bank {self.luck.randrange(20)}"
        context = Context("m1", 10_000, "EUR", self.at, amount_value=100.0, network="visa", issuer=issuer)
        decision, expected = self.choice.choose(context, self.scores, self.configured, ())
        outcome, code = Outcome.APPROVED, None
        if down and decision.route == "north" and self.luck.random() > PASSES:
            outcome = Outcome.TIMEOUT
        elif self.luck.random() > APPROVAL[decision.route]:
            outcome, code = Outcome.DECLINED, self.luck.choice(["05", "51"])
        lesson = lesson_of(outcome, code, None, network=CardNetwork.VISA, region=region_of(None), on=self.at.date())
        told = Told(decision.route, issuer, lesson, expected, None, self.at.timestamp())
        return decision, self.choice.memory.hear(told)


@pytest.mark.parametrize("seed", range(4))
def test_a_provider_that_breaks_is_left_within_a_minute_and_taken_back_within_five(seed: int) -> None:
    world, steps, while_out = World(seed), list[Event](), list[str]()
    while world.at < BEGIN + timedelta(minutes=18):
        down = BEGIN + OUTAGE[0] <= world.at < BEGIN + OUTAGE[1]
        decision, event = world.pay(down=down)
        if event is not None:
            steps.append(event)
        if down and world.choice.memory.standing("north") is Standing.DOWN:
            while_out.append(decision.route)

    assert [(step.route, step.step) for step in steps] == [("north", Step.LEFT), ("north", Step.RETURNED)]
    left, back = (datetime.fromtimestamp(step.at_s, UTC) - BEGIN for step in steps)
    assert OUTAGE[0] < left <= OUTAGE[0] + timedelta(seconds=60)
    assert OUTAGE[1] < back <= OUTAGE[1] + timedelta(minutes=5)
    assert while_out.count("north") / len(while_out) < 0.03  # the probe share is 2 %
    after = [world.pay()[0].route for _ in range(300)]
    assert after.count("north") > 60  # it has its traffic again


def test_a_new_provider_gets_no_more_than_its_exploration_share_before_it_has_earned_more() -> None:
    """Half of what is usually asked for, so that it is earned within the test."""
    world = World(1, new=True, new_route_outcomes_min="50")
    before, after = list[RoutingDecision](), list[RoutingDecision]()
    while len(after) < 500:
        is_new = world.choice.memory.outcomes("new") < 50
        decision, _ = world.pay()
        (before if is_new else after).append(decision)

    shares = [
        sum(float(one.terms["propensity"]) for one in decision.options if one.action.startswith("new/"))
        for decision in before
    ]
    assert max(shares) <= 0.01 + 1e-9
    assert sum(decision.route == "new" for decision in before) == 50
    assert len(before) > 50 / 0.01 * 0.6  # by chance a little sooner than one in a hundred
    assert sum(decision.route == "new" for decision in after) / len(after) > 0.2  # it is the best, and now it may
