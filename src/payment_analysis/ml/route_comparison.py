"""Routing policies compared on logged attempts: what each would have earned, per attempt and per payment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from scipy.special import expit

from payment_analysis.ml.approval import ApprovalModel
from payment_analysis.ml.arrays import Array, codes, numbers, strings, vocabulary
from payment_analysis.ml.bandits import SuccessRateWindow, Thompson, replay
from payment_analysis.ml.boosting import TreeSettings
from payment_analysis.ml.fees import value_amount
from payment_analysis.ml.off_policy import (
    Draws,
    Estimate,
    Judged,
    Logged,
    judge,
    paired,
    sequential,
)
from payment_analysis.ml.routing import RoutingPolicy
from payment_analysis.ml.split import payment_codes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payment_analysis.ml.fees import Fees
    from payment_analysis.ml.training import Lessons

SETTINGS: Final = TreeSettings(trees=120, leaves=12, leaf_rows_min=60)
SEED: Final = 37
FOLDS: Final = 2
LOGGED, WINDOW, THOMPSON = "logged policy", "success-rate window", "Thompson sampling"
FOR_APPROVAL, FOR_NET, FOR_LEVEL = "ours, for approval", "ours, for net value", "ours, at equal fees"
APPROVAL, NET, LEVEL = "approval", "net value", "net value at equal fees"
OURS_FOR: Final[Mapping[str, str]] = {APPROVAL: FOR_APPROVAL, NET: FOR_NET, LEVEL: FOR_LEVEL}


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more one policy earns than another, on the same draws."""

    policy: str
    against: str
    per: str
    estimate: Estimate

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes zero."""
        return self.estimate.low > 0.0 or self.estimate.high < 0.0


@dataclass(frozen=True, slots=True)
class Objective:
    """One way to count success, and every policy by it."""

    name: str
    per_attempt: tuple[Judged, ...]
    per_payment: Mapping[str, Estimate]  # sequential over retries, doubly robust
    differences: tuple[Difference, ...]  # of ours for this objective against each other policy


@dataclass(frozen=True, slots=True)
class Comparison:
    """Policies on the attempts of the test."""

    attempts: int
    payments: int
    routes: tuple[str, ...]
    objectives: tuple[Objective, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """Attempts of the test with how likely each route was to be logged."""

    lessons: Lessons
    chosen: Array  # route
    propensities: Array  # row x route
    warnings: tuple[str, ...]


def compare_routes(train: Lessons, trial: Trial, fees: Fees, margin: float, routes: pa.Array) -> Comparison:
    """Train on the one, judge on the other."""
    rows, approved = trial.lessons.rows, trial.lessons.labels
    policy = _policy(train.rows, train.labels, fees, margin, routes)
    chances = _cross_fitted(train, trial.lessons, routes)
    amount = value_amount(rows)
    clusters, taken = payment_codes(rows), np.arange(len(approved))
    policies = _policies(train, trial, policy, routes)
    objectives = []
    for name, price in ((APPROVAL, None), (NET, fees), (LEVEL, fees.levelled)):
        won, lost = _worth(amount, price, margin, len(routes))
        expected = chances * won + (1.0 - chances) * lost
        reward = np.where(approved > 0.5, won[taken, trial.chosen], lost[taken, trial.chosen])
        logged = Logged(trial.chosen, trial.propensities[taken, trial.chosen], reward, clusters, expected)
        objectives.append(_objective(name, policies, logged, (1.0 - chances) * _later(logged, train, price, margin)))
    return Comparison(
        attempts=len(approved),
        payments=len(np.unique(clusters)),
        routes=tuple(routes.to_pylist()),
        objectives=tuple(objectives),
        warnings=trial.warnings,
    )


def _policy(rows: pa.Table, labels: Array, fees: Fees, margin: float, routes: pa.Array) -> RoutingPolicy:
    policy = RoutingPolicy(margin=margin)
    policy.approval_, policy.risk_ = ApprovalModel(SETTINGS).fit(rows, labels), None
    policy.routes_, policy.fees_, policy.unit_ = routes, fees, 1.0  # these prices are in the reporting currency
    return policy


def _cross_fitted(train: Lessons, test: Lessons, routes: pa.Array) -> Array:
    """Row x route: approval by models that never saw the payment they speak about."""
    fold = payment_codes(test.rows) % FOLDS
    chances = np.zeros((test.rows.num_rows, len(routes)))
    for number in range(FOLDS):
        mine, others = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        rows = pa.concat_tables([train.rows, test.at(others)], promote_options="permissive")
        labels = np.concatenate([train.labels, test.labels[others]])
        model = _policy(rows.combine_chunks(), labels, None, 0.0, routes)  # type: ignore[arg-type] # only odds are asked
        chances[mine] = expit(model.log_odds(test.at(mine)))
    return chances


def _policies(train: Lessons, trial: Trial, policy: RoutingPolicy, routes: pa.Array) -> dict[str, Array]:
    """Row x route probabilities of every contestant."""
    rows, width = trial.lessons.rows, len(routes)
    chance = expit(policy.log_odds(rows))
    amount = value_amount(rows)
    made = {LOGGED: trial.propensities}
    for place, route in enumerate(routes.to_pylist()):
        made[f"always {route}"] = np.tile(np.eye(width)[place], (rows.num_rows, 1))
    key, before = _keys(train.rows, rows)
    heard = np.concatenate([codes(strings(train.rows, "psp"), routes), trial.chosen])
    outcome = np.concatenate([train.labels, trial.lessons.labels])
    for name, bandit in ((WINDOW, SuccessRateWindow(width)), (THOMPSON, Thompson(width))):
        made[name] = replay(bandit, np.concatenate([before, key]), heard, outcome, seed=SEED)[len(before) :]
    for name, price in ((FOR_APPROVAL, None), (FOR_NET, policy.fees_), (FOR_LEVEL, policy.fees_.levelled)):
        won, lost = _worth(amount, price, policy.margin, width)
        made[name] = np.eye(width)[(chance * won + (1.0 - chance) * lost).argmax(axis=1)]
    return made


def _keys(train: pa.Table, test: pa.Table) -> tuple[Array, Array]:
    """What the bandits keep their windows by: the issuer where it is known, else the network."""
    name = "issuer" if strings(train, "issuer").null_count < train.num_rows else "card_network"
    words = vocabulary(pa.concat_arrays([strings(train, name), strings(test, name)]))
    return codes(strings(test, name), words), codes(strings(train, name), words)


def _worth(amount: Array, fees: Fees | None, margin: float, width: int) -> tuple[Array, Array]:
    """Row x route: worth of an approval and of a decline; without fees only approvals count."""
    if fees is None:
        return np.ones((len(amount), width)), np.zeros((len(amount), width))
    approved, declined = fees.costs(amount)
    return margin * amount[:, None] - approved, -declined


def _later(logged: Logged, train: Lessons, fees: Fees | None, margin: float) -> float:
    """Mean worth of what follows a decline, as the model of the sequential estimate: right or not, it is unbiased."""
    tries = numbers(train.rows, "attempt_number")
    again = tries > 1
    declined = float((train.labels < 0.5).sum())
    if not again.any() or declined == 0:
        return 0.0
    amount = value_amount(train.rows)[again]
    won, lost = _worth(amount, fees, margin, logged.expected.shape[1])
    rate = float(train.labels[again].mean())
    return float(again.sum() / declined * (rate * won.mean() + (1.0 - rate) * lost.mean()))


def _objective(name: str, policies: Mapping[str, Array], logged: Logged, later: Array) -> Objective:
    judged, rounds = judge(policies, logged)
    ours, previous = OURS_FOR[name], _previous(logged.clusters)
    by_payment: dict[str, Array] = {}
    clusters = logged.clusters
    for policy, target in policies.items():
        by_payment[policy], clusters = sequential(target, logged, later, previous)
    draws, one = Draws.of(clusters), np.ones(len(clusters))
    drawn = {policy: np.append(draws.ratio(value, one), value.mean()) for policy, value in by_payment.items()}
    others = [policy for policy in policies if policy not in OURS_FOR.values()]
    return Objective(
        name=name,
        per_attempt=tuple(judged),
        per_payment={policy: _estimate(values) for policy, values in drawn.items()},
        differences=(
            *(Difference(ours, other, "attempt", paired(rounds, ours, other)) for other in others),
            *(Difference(ours, other, "payment", paired(drawn, ours, other)) for other in others),
        ),
    )


def _estimate(drawn: Array) -> Estimate:
    low, high = np.percentile(drawn[:-1], [2.5, 97.5])
    return Estimate(float(drawn[-1]), float(low), float(high))


def _previous(clusters: Array) -> Array:
    """Row of the try before within the payment, -1 for the first; rows are in order of time."""
    order = np.argsort(clusters, kind="stable")
    same = np.append(False, clusters[order][1:] == clusters[order][:-1])
    previous = np.full(len(clusters), -1)
    previous[order[same]] = order[np.flatnonzero(same) - 1]
    return previous


def words(comparison: Comparison) -> Sequence[str]:
    """What the data can tell apart, in sentences."""
    said = []
    for objective in comparison.objectives:
        for one in objective.differences:
            sure = (
                "is ahead of"
                if one.estimate.low > 0
                else "is behind"
                if one.estimate.high < 0
                else "cannot be told from"
            )
            said.append(
                f"{objective.name} per {one.per}: {one.policy} {sure} {one.against} "
                f"({one.estimate.value:+.4f}, 95 % interval {one.estimate.low:+.4f} to {one.estimate.high:+.4f})"
            )
    return said
