"""Routing in the simulated world, whose truth is known: policies that learn while they route, and the best possible.

Every policy routes the same first attempts with the same luck and hears only its own outcomes. All begin with what the
log before had to teach. Authentication stays as it was logged, so that one decision is judged at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import expit

from payment_analysis.ml.arrays import Array, codes, joined, microseconds, strings, vocabulary
from payment_analysis.ml.bandits import SuccessRateWindow, Thompson
from payment_analysis.ml.live_routing import HEALTHY, HealthGate, LiveEffects
from payment_analysis.ml.off_policy import Draws, Estimate
from payment_analysis.simulate.arrays import hashed_uniform
from payment_analysis.simulate.parameters import ARMS, ROUTES
from payment_analysis.simulate.truth import clairvoyant, read_truth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from payment_analysis.ml.bandits import Policy
    from payment_analysis.ml.routing import RoutingPolicy

LUCK_SEED, CHOICE_SEED = 41, 43
SECOND_US: Final = 1_000_000
RULE: Final = "rule"
OURS: Final = "ours"
CLAIRVOYANT: Final = "clairvoyant"
KNOWING: Final = "knows every parameter and outage"


@dataclass(frozen=True, slots=True)
class World:
    """First attempts of the exam with the true approval probability of every route."""

    rows: pa.Table
    truth: Array  # row x route
    known: Array  # row x route, as far as parameters and what can be seen tell
    luck: Array
    issuer: Array
    issuers: pa.Array
    rule: Array
    logged: Array

    def outcome(self, row: int, route: int) -> float:
        return float(self.luck[row] < self.truth[row, route])


@dataclass(frozen=True, slots=True)
class Routed:
    """One policy in the world."""

    policy: str
    approval_rate: float
    uplift: Estimate  # over the rule, ratio
    gap_share: float  # of what a clairvoyant gains over the rule


class Learner(Protocol):
    """Chooses for a row and hears the outcome."""

    def __call__(self, row: int) -> int:
        """The route."""
        ...


def route_world(before: pa.Table, exam: pa.Table, truth_folder: Path, policy: RoutingPolicy) -> list[Routed]:
    """Let every policy route the exam; `before` is the log they may have learned from."""
    world = world_of(before, exam, truth_folder)
    rows = np.arange(world.rows.num_rows)
    best = world.truth.argmax(axis=1)
    static = int(np.argmax(_observed_rates(before)))
    routes: dict[str, Array] = {
        RULE: world.rule,
        "logged policy": world.logged,
        f"always {ROUTES[static].name}": np.full(len(rows), static),
        "success-rate window per issuer": _bandit(world, before, SuccessRateWindow(len(ROUTES))),
        "success-rate window per network": _bandit(world, before, SuccessRateWindow(len(ROUTES)), key="card_network"),
        "Thompson per issuer": _bandit(world, before, Thompson(len(ROUTES), draws=1)),
        "ours, not learning": expit(_log_odds(world, policy)).argmax(axis=1),
        OURS: _ours(world, policy),
        KNOWING: world.known.argmax(axis=1),
        CLAIRVOYANT: best,
    }
    return _compared({name: world.truth[rows, route] for name, route in routes.items()})


def world_of(before: pa.Table, exam: pa.Table, folder: Path) -> World:
    """Join the exam with the sealed truth."""
    truth = read_truth(folder / "truth", first_attempts=True)
    place = pc.index_in(exam["transaction_id"].combine_chunks(), value_set=truth.transaction_id.combine_chunks())
    there = np.flatnonzero(place.is_valid().to_numpy(zero_copy_only=False))
    rows = exam.take(pa.array(there))
    at = place.drop_null().to_numpy().astype(np.int64)

    def by_route(table: Array) -> Array:
        shaped = table[at].reshape(len(at), len(ROUTES), len(ARMS))
        return np.asarray(shaped[np.arange(len(at)), :, truth.arm[at]], dtype=np.float64)

    issuers = vocabulary(strings(before, "issuer"))
    names = pa.array([route.name for route in ROUTES])
    assert len(clairvoyant(truth)) == len(truth.route)
    return World(
        rows=rows,
        truth=by_route(truth.approval),
        known=by_route(truth.approval_known),
        luck=hashed_uniform(LUCK_SEED, np.arange(len(at))),
        issuer=np.maximum(codes(strings(rows, "issuer"), issuers), 0),
        issuers=issuers,
        rule=_rule(before, rows),
        logged=codes(strings(rows, "psp"), names),
    )


def _rule(before: pa.Table, rows: pa.Table) -> Array:
    """The route most payments of a merchant, network and border took: what the logging rule is without exploration."""
    names = pa.array([route.name for route in ROUTES])
    key = ("merchant_id", "card_network", "is_cross_border")
    words = vocabulary(joined(before, key))
    counts = np.zeros((len(words) + 1, len(ROUTES)))
    np.add.at(counts, (codes(joined(before, key), words), codes(strings(before, "psp"), names)), 1.0)
    counts[-1] = counts[:-1].sum(axis=0)  # a key never seen takes the usual route
    return np.asarray(counts.argmax(axis=1)[codes(joined(rows, key), words)])


def _observed_rates(before: pa.Table) -> Array:
    names = pa.array([route.name for route in ROUTES])
    route = codes(strings(before, "psp"), names)
    approved = before["is_approved"].cast(pa.float64()).to_numpy()
    return np.bincount(route, approved, minlength=len(ROUTES)) / np.maximum(np.bincount(route), 1)


def _bandit(world: World, before: pa.Table, bandit: Policy, key: str = "issuer") -> Array:
    """A bandit that heard the log and then routes by itself."""
    words, names = vocabulary(strings(before, key)), pa.array([route.name for route in ROUTES])
    route, approved = codes(strings(before, "psp"), names), before["is_approved"].cast(pa.float64()).to_numpy()
    for one, taken, outcome in zip(
        codes(strings(before, key), words).tolist(), route.tolist(), approved.tolist(), strict=True
    ):
        bandit.learn(one, taken, outcome)
    keys, rng = codes(strings(world.rows, key), words), np.random.default_rng(CHOICE_SEED)
    uniform = rng.random(len(keys))
    chosen = np.zeros(len(keys), dtype=np.int64)
    for row, one in enumerate(keys.tolist()):
        chances = np.cumsum(bandit.chances(one, rng))
        chosen[row] = taken = min(int(np.searchsorted(chances, uniform[row], side="right")), len(ROUTES) - 1)
        bandit.learn(one, taken, world.outcome(row, taken))
    return chosen


def _log_odds(world: World, policy: RoutingPolicy) -> Array:
    """Row x route in the order of the world's routes."""
    order = [policy.routes_.to_pylist().index(route.name) for route in ROUTES]
    return policy.log_odds(world.rows)[:, order]


def _ours(world: World, policy: RoutingPolicy) -> Array:
    """Thompson draws on issuer x route around the model, behind the health gate."""
    odds, order = _log_odds(world, policy), [policy.routes_.to_pylist().index(route.name) for route in ROUTES]
    variance = policy.errors(world.rows)[:, order] ** 2
    by_issuer = np.stack([_mean(world, variance[:, route]) for route in range(len(ROUTES))], axis=1)
    effects, gate, rng = LiveEffects(by_issuer), HealthGate(len(ROUTES)), np.random.default_rng(CHOICE_SEED)
    at = microseconds(world.rows, "event_timestamp") / SECOND_US
    chosen = np.zeros(len(odds), dtype=np.int64)
    for row, issuer in enumerate(world.issuer.tolist()):
        now, factors = float(at[row]), gate.factors(float(at[row]))
        drawn = odds[row] + effects.draw(issuer, rng)
        chosen[row] = route = int(np.argmax(factors / (1.0 + np.exp(-drawn))))
        expected = float(1.0 / (1.0 + np.exp(-(odds[row, route] + effects.mean[issuer, route]))))
        approved = world.outcome(row, route)
        gate.hear(now, route, approved, expected)
        if factors[route] > HEALTHY:
            effects.hear(issuer, route, approved, expected)
    return chosen


def _mean(world: World, values: Array) -> Array:
    counts = np.bincount(world.issuer, minlength=len(world.issuers))
    sums = np.bincount(world.issuer, values, minlength=len(world.issuers))
    return np.where(counts > 0, sums / np.maximum(counts, 1), float(values.mean()))


def _compared(rates: Mapping[str, Array]) -> list[Routed]:
    rows = len(rates[RULE])
    draws, one = Draws.of(np.arange(rows)), np.ones(rows)
    gap = float(rates[CLAIRVOYANT].mean() - rates[RULE].mean())
    routed = []
    for name, rate in rates.items():
        gained = rate - rates[RULE]
        low, high = np.percentile(draws.ratio(gained, one), [2.5, 97.5])
        uplift = Estimate(float(gained.mean()), float(low), float(high))
        routed.append(Routed(name, float(rate.mean()), uplift, uplift.value / gap if gap > 0 else float("nan")))
    return routed
