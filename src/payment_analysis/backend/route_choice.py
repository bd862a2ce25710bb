"""Which route: what the models say, what routes have shown since, what people have set, put before the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from payment_analysis.decisioning.mandates import LIABILITY_SHIFTS, Path
from payment_analysis.decisioning.route_watch import Standing
from payment_analysis.decisioning.routing import BY_VALUE, STATIC, RouteFacts, decide_routing, on_offer
from payment_analysis.domain.errors import Conflict, Unavailable
from payment_analysis.ml.route_memory import NEW_ROUTE_VARIANCE, RouteMemory
from payment_analysis.ml.scoring import WAY_OF_PATH, Fee

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.backend.decision_state import Configured, RouteRow
    from payment_analysis.decisioning.context import Context
    from payment_analysis.decisioning.option import Wish
    from payment_analysis.decisioning.routing import RoutingDecision
    from payment_analysis.ml.arrays import Array
    from payment_analysis.ml.scoring import RouteScores, Scoring

DEAREST_SHARE: Final = 0.03  # of the amount: what a cost_score of 1 stands for where no fee was ever charged
EARNED: Final = 10**9  # what a route counts as having heard when the models were trained on it
CHANCE_MIN: Final = 1e-3  # the chance that people give a route is kept away from certainty


class RouteChoice:
    """The memory of routes, and the choice among them."""

    def __init__(self) -> None:
        self.memory = RouteMemory(())
        self._fees: Mapping[str, Fee] = {}
        self._trained: tuple[str, ...] = ()

    def take(self, scoring: Scoring, memory: RouteMemory) -> None:
        """Newly loaded models, and what their routes have shown."""
        self.memory, self._trained, self._fees = memory, scoring.routes, scoring.fees

    def way_of(self, context: Context) -> str | None:
        """How the payment is authenticated, as a way of paying."""
        path = context.authenticated_path
        return None if path is None else WAY_OF_PATH[Path(path)]

    def choose(
        self, context: Context, scores: RouteScores | None, configured: Configured, wishes: tuple[Wish, ...]
    ) -> tuple[RoutingDecision, float]:
        """The decision, and the approval that was expected of the chosen arm."""
        routes = self._routes(configured)
        odds, variance = self._odds(routes, scores, configured)
        at_s = context.at.timestamp()
        belief = self.memory.believe(odds, variance, context.issuer, at_s)
        approval = belief.approval
        facts = [self._facts(route, approval[:, place], configured) for place, route in enumerate(routes)]
        settings = configured.settings
        shifts = context.authenticated_path in LIABILITY_SHIFTS
        fraud = 0.0 if scores is None else scores.fraud
        offer = on_offer(context, facts, fraud, settings, liability_shifts=shifts, wishes=wishes)
        wins = self.memory.wins(belief, offer.arms)
        policy = BY_VALUE if scores is not None else STATIC
        decision = decide_routing(offer, wins, self.memory.luck(), settings, policy=policy)
        if decision is None:
            raise Conflict("no route is on offer: all are switched off or forbidden", hint="switch one on")
        place = routes.index(decision.route)
        solution = 0 if decision.solution == "standard" else 1
        return decision, float(1.0 / (1.0 + np.exp(-belief.odds[solution, place])))

    def _routes(self, configured: Configured) -> tuple[str, ...]:
        """Routes of the models, then those that only people know; the memory follows."""
        routes = (*self._trained, *(route for route in configured.routes if route not in self._trained))
        if not routes:
            raise Unavailable(
                "No route is known: no model was trained and nobody has named one.",
                hint="payment-analysis train, or POST /api/decision/admin/routes",
            )
        if routes != self.memory.routes:
            self.memory = self.memory.with_routes(routes)
        return routes

    def _odds(self, routes: tuple[str, ...], scores: RouteScores | None, configured: Configured) -> tuple[Array, Array]:
        """Log-odds by solution and route, and the variance of each route's effect."""
        if scores is None:
            rates = np.array([_rate(configured.routes.get(route)) for route in routes])
            odds = np.log(rates / (1.0 - rates))
            return np.stack([odds, odds]), np.full(len(routes), NEW_ROUTE_VARIANCE)
        new = len(routes) - len(self._trained)
        if not new:
            return scores.odds, scores.variance
        usual = scores.odds.mean(axis=1, keepdims=True)
        return (
            np.concatenate([scores.odds, np.repeat(usual, new, axis=1)], axis=1),
            np.concatenate([scores.variance, np.full(new, NEW_ROUTE_VARIANCE)]),
        )

    def _facts(self, route: str, approval: Array, configured: Configured) -> RouteFacts:
        row = configured.routes.get(route)
        fixed, share, declined = self._fees.get(route) or self._guessed(row)
        return RouteFacts(
            route,
            (float(approval[0]), float(approval[1])),
            fixed,
            share,
            declined,
            EARNED if route in self._trained else self.memory.outcomes(route),
            is_active=row is None or row.is_active,
            is_down=self.memory.standing(route) is Standing.DOWN,
        )

    def _guessed(self, row: RouteRow | None) -> Fee:
        """What people say of the price of a route that never charged: its cost score of the dearest share."""
        return Fee(0.0, DEAREST_SHARE * (0.5 if row is None else row.cost_score), 0.0)


def _rate(row: RouteRow | None) -> float:
    """The approval people expect; half where nobody said anything, like the documents."""
    return min(max(0.5 if row is None else row.approval_rate, CHANCE_MIN), 1.0 - CHANCE_MIN)
