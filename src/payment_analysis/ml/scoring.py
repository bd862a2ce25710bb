"""The four models as a decision asks them: one payment in, numbers out, within a fraction of a millisecond.

Features are the models' own; what differs between the actions of a decision is set in copies of one row, and all rows
of a decision go through the trees at once. A model that cannot be loaded is missing with its reason, and the others
answer without it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from payment_analysis.decisioning.authentication import PathScores
from payment_analysis.decisioning.mandates import EXEMPTIONS, Path
from payment_analysis.decisioning.retry_case import RetryScores, Way, decline_of, ways_of
from payment_analysis.decisioning.routing import STANDARD, TOKEN
from payment_analysis.domain.errors import NotFound, Unavailable
from payment_analysis.domain.rates import BASE, rate
from payment_analysis.ml.fast_trees import FastTrees
from payment_analysis.ml.names import APPROVAL, HOUR_S, RETRY, RISK, ROUTING, SEEN, WAITS_SECONDS
from payment_analysis.ml.raw_attempt import raw_attempt
from payment_analysis.ml.route_effects import EffectsByCard
from payment_analysis.ml.ways import WAYS, Ways

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from payment_analysis.decisioning.context import Context
    from payment_analysis.ml.approval import ApprovalModel
    from payment_analysis.ml.arrays import Array
    from payment_analysis.ml.registry import Registry
    from payment_analysis.ml.retry import RetryPolicy
    from payment_analysis.ml.risk import RiskModel
    from payment_analysis.ml.routing import RoutingPolicy

WAY_OF_PATH: Final = {
    Path.NONE: "standard",
    Path.FRICTIONLESS: "3ds",
    Path.CHALLENGE: "3ds",
    Path.DATA_ONLY: "data_only",
    Path.PASSKEY: "passkey",
    **dict.fromkeys(EXEMPTIONS, "standard"),
}
ASKED: Final = (APPROVAL, RISK, ROUTING, RETRY)
_UNITS_KEPT: Final = 100  # currency and day
_WAITS: Final = tuple(timedelta(seconds=wait) for wait in WAITS_SECONDS)
_WAIT_HOURS: Final = [wait / HOUR_S for wait in WAITS_SECONDS]
_CHANGES_WITH_WAIT: Final = ("hour", "weekday", "day_of_month", "payment_hours_since")
_ORDER: Final = {name: place for place, name in enumerate(WAYS)}


class RouteScores(NamedTuple):
    """Log-odds of approval by solution (standard, token) and route, and how sure each route's effect is."""

    odds: Array  # solution x route
    variance: Array  # of the routes' effects, log-odds
    fraud: float


class Fee(NamedTuple):
    """What a route charges, in the reporting currency of decisions: when approved fixed and a share, when declined."""

    fixed: float
    share: float
    declined: float


class Scoring:
    """The champions, loaded; `versions` names them and `missing` says why one is not there."""

    def __init__(
        self,
        approval: ApprovalModel | None = None,
        risk: RiskModel | None = None,
        routing: RoutingPolicy | None = None,
        retry: RetryPolicy | None = None,
        *,
        versions: Mapping[str, str] | None = None,
        missing: Mapping[str, str] | None = None,
    ) -> None:
        self.approval, self.risk, self.routing, self.retry = approval, risk, routing, retry
        self.versions, self.missing = dict(versions or {}), dict(missing or {})
        self.routes: tuple[str, ...] = () if routing is None else tuple(routing.routes_.to_pylist())
        self.fees = {} if routing is None else fees_of(routing)
        self._ways = None if approval is None else Ways(approval.features_)
        self._approval_trees = (
            None if approval is None or self._ways is None else FastTrees(approval.booster_, self._ways.places)
        )
        self._risk_trees = None if risk is None or risk.booster_ is None else FastTrees(risk.booster_)
        self._retry_trees = None if retry is None else FastTrees(retry.booster_)
        self._retry_places = np.array([] if retry is None else retry.places_, dtype=np.intp)
        seen = [] if retry is None else [retry.features_.names[place] for place in retry.places_]
        self._wait_places = [seen.index(name) if name in seen else None for name in _CHANGES_WITH_WAIT]
        self._effects = None if approval is None else EffectsByCard(approval.routes_, self.routes)

    @classmethod
    def of(cls, registry: Registry) -> Scoring:
        """The champions of a registry."""
        found, versions, missing = dict[str, Any](), dict[str, str](), dict[str, str]()
        for name in ASKED:
            try:
                model = registry.load(name)
            except (NotFound, Unavailable) as error:
                missing[name] = error.message
                continue
            if _fits(model):
                found[name], versions[name] = model, str(registry.champion(name))
            else:
                missing[name] = f"{name} was trained on the columns of another release; train it again"
        return cls(
            found.get(APPROVAL),
            found.get(RISK),
            found.get(ROUTING),
            found.get(RETRY),
            versions=versions,
            missing=missing,
        )

    def paths(self, context: Context, known: Mapping[str, Any]) -> PathScores | None:
        """What authentication asks for; None without the approval model."""
        if self.approval is None or self._ways is None or self._effects is None:
            return None
        attempt = raw_attempt(context, known)
        odds = self._odds_of_ways(attempt) + self._effects.usual(attempt)
        chances = 1.0 / (1.0 + np.exp(-self.approval.platt_.log_odds(odds)))
        by_way = dict(zip(WAYS, chances.tolist(), strict=True))
        return PathScores(self.fraud(attempt), {path: by_way[way] for path, way in WAY_OF_PATH.items()})

    def routes_of(self, context: Context, known: Mapping[str, Any], way: str | None) -> RouteScores | None:
        """What routing asks for; `way` is how the payment is authenticated, when it is."""
        if self.approval is None or self.routing is None or self._ways is None or self._effects is None:
            return None
        assert self._approval_trees is not None
        attempt = raw_attempt(context, known)
        rows = self._ways.rows(self.approval.features_.row(attempt), (way or "standard", "network_token"))
        offset = self._approval_trees(rows)
        by_route, variance = self._effects.of_routes(attempt)
        solutions = self._effects.of_solutions(attempt, (way or "standard", "network_token"))
        odds = self.approval.platt_.log_odds((offset + solutions)[:, None] + by_route[None, :])
        return RouteScores(odds, variance, self.fraud(attempt))

    def retries(self, context: Context, known: Mapping[str, Any], reason: str) -> RetryScores | None:
        """What retry asks for: chances by wait after a decline of this reason, and what ways add in log-odds."""
        if self.retry is None or self._retry_trees is None:
            return None
        attempt = raw_attempt(context, known)
        rows = self._waits(attempt, context, reason)
        chances = self.retry.platt_(self._retry_trees(rows))
        shifts = self._shifts(attempt, context)
        by_wait = dict(zip(WAITS_SECONDS, chances.tolist(), strict=True))
        fee = float(self.retry.declined_fee_) * unit_of(self.retry)
        return RetryScores(by_wait, shifts, self.fraud(attempt), fee)

    def fraud(self, attempt: Mapping[str, Any]) -> float:
        """The chance of a fraud report; without the model the vendor's score is no probability, so nothing is known."""
        return 0.0 if self.risk is None else self.risk.chance_of_one(attempt, self._risk_trees)

    def approval_of(self, context: Context, known: Mapping[str, Any], way: str) -> float | None:
        """The chance of approval one way, by the usual route."""
        if self.approval is None or self._effects is None:
            return None
        attempt = raw_attempt(context, known)
        odds = self._odds_of_ways(attempt)[_ORDER[way]] + self._effects.usual(attempt)[_ORDER[way]]
        return float(self.approval.platt_(np.array([odds]))[0])

    def fraud_of(self, context: Context, known: Mapping[str, Any]) -> float:
        """The same from the facts of a decision."""
        return self.fraud(raw_attempt(context, known))

    def ranked(self, context: Context, known: Mapping[str, Any]) -> list[tuple[str, float]] | None:
        """Routes with solutions and their chances of approval, the best first."""
        scores = self.routes_of(context, known, None)
        if scores is None:
            return None
        chances = 1.0 / (1.0 + np.exp(-scores.odds))
        named = [
            (f"{route}/{solution}", float(chances[number, place]))
            for place, route in enumerate(self.routes)
            for number, solution in enumerate((STANDARD, TOKEN))
        ]
        return sorted(named, key=lambda pair: -pair[1])

    def variance_of(self, issuer: str | None, country: str | None, network: str | None) -> Array | None:
        """How unsure the routes' effects are for a card."""
        if self._effects is None:
            return None
        card = {"issuer": issuer, "issuer_country": country, "card_network": network}
        return self._effects.of_routes(card)[1]

    def _odds_of_ways(self, attempt: Mapping[str, Any]) -> Array:
        assert self.approval is not None
        assert self._ways is not None
        assert self._approval_trees is not None
        rows = self._ways.rows(self.approval.features_.row(attempt), tuple(WAYS))
        return self._approval_trees(rows)

    def _waits(self, attempt: Mapping[str, Any], context: Context, reason: str) -> Array:
        assert self.retry is not None
        tries = float(max(context.attempts_made, 1))
        told = {**attempt, "payment_tries": tries, "retry_count": tries, "previous_reason": reason or None}
        row = self.retry.features_.row(told)
        rows = row[:, self._retry_places].repeat(len(WAITS_SECONDS), axis=0)
        instants = [context.at + wait for wait in _WAITS]
        of_each = (
            [at.hour for at in instants],
            [at.weekday() for at in instants],
            [at.day for at in instants],
            _WAIT_HOURS,
        )
        for place, values in zip(self._wait_places, of_each, strict=True):
            if place is not None:
                rows[:, place] = values
        return rows

    def _shifts(self, attempt: Mapping[str, Any], context: Context) -> dict[str, float]:
        """Log-odds that another route, the card number or an authentication add to the same route, if it is open."""
        if self.approval is None or self._effects is None or self._ways is None:
            return {}
        slope, open_ = self.approval.platt_.slope, ways_of(context, decline_of(context))
        shifts = dict[str, float]()
        if context.previous_route in self.routes and len(self.routes) > 1:
            by_route, _ = self._effects.of_routes(attempt)
            own = self.routes.index(context.previous_route)
            shifts[Way.OTHER_ROUTE] = float(slope * (np.delete(by_route, own).max() - by_route[own]))
        if Way.STEP_UP in open_ or Way.PAN in open_:
            odds = self._odds_of_ways(attempt) + self._effects.usual(attempt)
            now = "network_token" if context.is_network_token else "standard"
            shifts[Way.STEP_UP] = float(slope * (odds[_ORDER["3ds"]] - odds[_ORDER[now]]))
            shifts[Way.PAN] = float(slope * (odds[_ORDER["standard"]] - odds[_ORDER[now]]))
        return shifts


def _fits(model: Any) -> bool:
    """Whether the trees were grown on the columns that features have now; what has no trees of its own always fits."""
    booster, features = getattr(model, "booster_", None), getattr(model, "features_", None)
    if booster is None or features is None:
        return True
    names = list(features.names)
    places = getattr(model, "places_", None)
    if places is None:
        return bool(booster.num_feature() == len(names))
    return len(names) > max(places) and {names[place] for place in places} <= SEEN


def fees_of(routing: RoutingPolicy) -> dict[str, Fee]:
    """The fees that were learned, from the usual currency of the attempts at today's rate."""
    unit, fees = unit_of(routing), routing.fees_
    return {
        route: Fee(float(fixed) * unit, float(share), float(declined) * unit)
        for route, fixed, share, declined in zip(
            fees.routes, fees.approved_fixed, fees.approved_share, fees.declined, strict=True
        )
    }


def unit_of(policy: RoutingPolicy | RetryPolicy) -> float:
    """What one unit of the currency of a policy's fees is worth in a decision, at today's rate."""
    currency: str = getattr(policy, "currency_", "")  # a policy of an older release does not know it
    return _unit(currency, datetime.now(UTC).date()) if currency else 1.0


@lru_cache(_UNITS_KEPT)
def _unit(currency: str, on: date) -> float:
    known = rate(currency, BASE, on)
    return 1.0 if known is None else float(known)
