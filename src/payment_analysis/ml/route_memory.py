"""What routes have shown since the models were trained: effects by issuer, health, standing; and the draw for a choice.

Everything here is a fold over outcomes in the order they were told, so it is rebuilt from the store at every start.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from payment_analysis.decisioning.route_watch import NEW, Standing, Step, heard
from payment_analysis.decisioning.routing import Footing
from payment_analysis.ml.live_routing import CURIOSITY, HEALTHY, HealthGate, LiveEffects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.decisioning.outcomes import Lesson
    from payment_analysis.decisioning.route_watch import Event, Watched
    from payment_analysis.decisioning.routing import Arm
    from payment_analysis.ml.arrays import Array

DRAWS: Final = 200
NORMALS: Final = 50_000  # drawn once; a choice takes its draws from a random place among them
ISSUERS_KEPT: Final = 20_000  # names come from callers: their number must not grow for ever
NEW_ROUTE_VARIANCE: Final = 0.25  # log-odds squared; the spread of routes that training begins with
TELLING: Final = 0.6  # share of declines that say something of the route, before any was heard
TELLING_STEP: Final = 0.002


class Belief(NamedTuple):
    """Log-odds of approval by solution and route as believed now, their spread, and the health of the routes."""

    odds: Array
    spread: Array
    health: Array

    @property
    def approval(self) -> Array:
        """Mean chances, solution x route."""
        return np.asarray(self.health / (1.0 + np.exp(-self.odds)))


class Told(NamedTuple):
    """An outcome of a route: for whom, what it teaches, and what was expected when it was decided."""

    route: str
    issuer: str | None
    lesson: Lesson
    expected: float | None
    variance: Array | None
    at_s: float


class RouteMemory:
    """Used by one thread at a time."""

    def __init__(self, routes: Sequence[str], *, seed: int | None = None) -> None:
        self.routes = tuple(routes)
        self._place = {route: place for place, route in enumerate(self.routes)}
        self._effects: OrderedDict[str, LiveEffects] = OrderedDict()
        self._gate = HealthGate(len(self.routes))
        self._watched: dict[str, Watched] = {}
        self._outcomes: dict[str, int] = {}
        self._telling = TELLING
        self._rng = np.random.default_rng(seed)
        self._normals = self._rng.standard_normal((NORMALS, len(self.routes)))

    def standing(self, route: str) -> Standing:
        return self._watched.get(route, NEW).standing

    def watched(self, route: str) -> Watched:
        return self._watched.get(route, NEW)

    def outcomes(self, route: str) -> int:
        """Outcomes heard of a route."""
        return self._outcomes.get(route, 0)

    def with_routes(self, routes: Sequence[str]) -> RouteMemory:
        """The same memory over other routes."""
        other = RouteMemory(routes)
        kept = [(place, self._place[route]) for place, route in enumerate(other.routes) if route in self._place]
        for issuer, effects in self._effects.items():
            own = LiveEffects(np.full((1, len(other.routes)), NEW_ROUTE_VARIANCE))
            for place, before in kept:
                own.mean[0, place], own.variance[0, place] = effects.mean[0, before], effects.variance[0, before]
            other._effects[issuer] = own
        for place, before in kept:
            other._gate.take(place, self._gate, before)
        other._watched, other._outcomes, other._telling = dict(self._watched), dict(self._outcomes), self._telling
        return other

    def luck(self) -> float:
        """A number in [0, 1) for one choice."""
        return float(self._rng.random())

    def believe(self, odds: Array, variance: Array, issuer: str | None, at_s: float) -> Belief:
        """What the models say, moved by what was heard of this issuer and these routes."""
        effects = self._of_issuer(issuer, variance)
        spread = CURIOSITY * np.sqrt(effects.variance[0])
        return Belief(odds + effects.mean[0], spread, self._gate.factors(at_s))

    def wins(self, belief: Belief, arms: Sequence[Arm]) -> list[float]:
        """How often each arm of full footing brings the most, over draws of the routes' effects."""
        full = [place for place, arm in enumerate(arms) if arm.footing is Footing.FULL]
        if len(full) <= 1:
            return [float(place in full) for place in range(len(arms))]
        begin = int(self._rng.random() * (NORMALS - DRAWS))
        stakes = np.array([arms[place].stakes for place in full])
        route = [place >> 1 for place in full]  # arms are routes, each standard and with a network token
        odds, health = belief.odds.T.ravel()[full], belief.health[route]
        value = self._normals[begin : begin + DRAWS, route]  # a copy: draw x arm
        value *= -belief.spread[route]
        value -= odds
        np.exp(value, out=value)
        value += 1.0
        np.divide(health * (stakes[:, 0] + stakes[:, 1]), value, out=value)
        value -= stakes[:, 1]
        counts = np.bincount(value.argmax(axis=1), minlength=len(full)).tolist()
        wins = [0.0] * len(arms)
        for place, count in zip(full, counts, strict=True):
            wins[place] = count / DRAWS
        return wins

    def hear(self, told: Told) -> Event | None:
        """Learn from one outcome; gives the step when the route leaves or returns."""
        route, lesson = told.route, told.lesson
        self._outcomes[route] = self._outcomes.get(route, 0) + 1
        event = None
        if lesson.carried is not None:
            before = self._watched.get(route, NEW)
            now, event = heard(route, before, carried=lesson.carried, issuer=told.issuer, at_s=told.at_s)
            self._watched[route] = now
        if route in self._place and told.expected is not None:
            self._learn(self._place[route], told, told.expected)
        if event is not None and event.step is Step.RETURNED and route in self._place:
            self._gate.forget(self._place[route])
        return event

    def _learn(self, place: int, told: Told, expected: float) -> None:
        lesson, tells = told.lesson, told.lesson.approved is not None
        if lesson.carried and lesson.approved is not True:
            self._telling += TELLING_STEP * (tells - self._telling)
        if lesson.carried is False:
            self._gate.hear(told.at_s, place, 0.0, expected)
        if not tells:
            return
        # Declines that say nothing are left out, so an answer that tells is an approval more often than expected.
        among_telling = expected / max(expected + (1.0 - expected) * self._telling, 1e-9)
        approved = float(bool(lesson.approved))
        self._gate.hear(told.at_s, place, approved, among_telling)
        if self._gate.factors(told.at_s)[place] > HEALTHY:
            self._of_issuer(told.issuer, told.variance).hear(0, place, approved, among_telling)

    def _of_issuer(self, issuer: str | None, variance: Array | None) -> LiveEffects:
        name = issuer or ""
        known = self._effects.get(name)
        if known is None:
            start = np.full(len(self.routes), NEW_ROUTE_VARIANCE) if variance is None else variance
            known = self._effects[name] = LiveEffects(start[None, :])
            if len(self._effects) > ISSUERS_KEPT:
                self._effects.popitem(last=False)
        else:
            self._effects.move_to_end(name)
        return known
