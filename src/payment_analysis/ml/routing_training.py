"""Make smart_routing_policy from the models below it, and judge it on later attempts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import expit

from payment_analysis.domain.errors import BadInput
from payment_analysis.ml.approval_training import train_approval
from payment_analysis.ml.arrays import codes, numbers, strings
from payment_analysis.ml.card import Measure, ModelCard
from payment_analysis.ml.examination import windows_of
from payment_analysis.ml.fees import value_amount
from payment_analysis.ml.names import APPROVAL, RISK, ROUTING
from payment_analysis.ml.off_policy import Logged, contributions, judge
from payment_analysis.ml.propensities import PROPENSITY, WARNING, estimated, with_written
from payment_analysis.ml.routing import RoutingPolicy
from payment_analysis.ml.split import payment_codes, split_by_time
from payment_analysis.ml.training import Trained

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from payment_analysis.ml.arrays import Array
    from payment_analysis.ml.off_policy import Judged
    from payment_analysis.ml.training import Lessons

LIMITS: Final = (
    f"In the exam {WARNING}.",
    "The margin is one share of the amount for all merchants unless the caller gives another.",
    "Fees are learned from what was charged in the usual currency; a price that changed since is not known.",
)


@dataclass(frozen=True, slots=True)
class RouteExam:
    """Attempts that were logged; what a policy loses is what it does not earn, judged doubly robust."""

    rows: pa.Table
    clusters: Array
    logged: Logged

    def losses_of(self, model: Any) -> Array:
        """Net value with the sign turned."""
        worth, _ = contributions(model.choices(self.rows), self.logged)["DR"]
        return -worth


def train_routing(lessons: Lessons, before: Mapping[str, Trained]) -> Trained:
    """The approval model decides, the risk model warns; both are trained here unless they just were."""
    split = split_by_time(lessons.rows)
    approval = before[APPROVAL].model if APPROVAL in before else train_approval(lessons).model
    risk = before[RISK].model if RISK in before else None
    train = lessons.at(split.train)
    policy = RoutingPolicy().fit(approval, risk, train)
    if len(policy.routes_) < 2:
        raise BadInput(f"{len(policy.routes_)} routes leave nothing to choose", hint="take in attempts of two PSPs")

    rows, approved = lessons.at(split.test), lessons.labels[split.test]
    chosen = codes(strings(rows, "psp"), policy.routes_)
    known = np.flatnonzero(chosen >= 0)
    rows, approved, chosen = rows.take(known), approved[known], chosen[known]
    chances = expit(policy.log_odds(rows))
    row = np.arange(len(chosen))
    propensity = _as_written(estimated(rows, policy.routes_), chosen, rows)
    clusters = payment_codes(rows)
    won, lost = policy.net(rows, np.ones(chances.shape)), policy.net(rows, np.zeros(chances.shape))
    reward = np.where(approved > 0.5, won[row, chosen], lost[row, chosen])
    logged = Logged(chosen, propensity[row, chosen], reward, clusters, chances * won + (1.0 - chances) * lost)
    policies = {"logged policy": propensity, **_static(policy, len(row)), "model": policy.choices(rows)}
    by_net, _ = judge(policies, logged)
    by_count, _ = judge(policies, Logged(chosen, logged.propensity, approved, clusters, chances))
    card = ModelCard(
        model=ROUTING,
        predicts="the route with the highest expected net value",
        windows=windows_of(lessons.rows, split),
        features=(*approval.features_.names, "psp", "payment_solution"),
        measures=(*_measures(by_net, "net_value"), *_measures(by_count, "approval")),
        limits=LIMITS,
        details={
            "margin": policy.margin,
            "value_at_stake": float(value_amount(rows).sum()),
            "fees": {
                route: {"fixed": float(fixed), "share": float(share), "declined": float(declined)}
                for route, fixed, share, declined in zip(
                    policy.fees_.routes,
                    policy.fees_.approved_fixed,
                    policy.fees_.approved_share,
                    policy.fees_.declined,
                    strict=True,
                )
            },
        },
    )
    return Trained(policy, card, RouteExam(rows, clusters, logged))


def _as_written(estimates: Array, chosen: Array, rows: pa.Table) -> Array:
    """Estimated propensities, with those of decisions that wrote theirs down."""
    written = numbers(rows, PROPENSITY)
    known = np.isfinite(written)
    if known.any():
        estimates[known] = with_written(estimates[known], chosen[known], written[known])
    return estimates


def _static(policy: RoutingPolicy, rows: int) -> dict[str, Array]:
    width = len(policy.routes_)
    return {
        f"always {route}": np.tile(np.eye(width)[place], (rows, 1))
        for place, route in enumerate(policy.routes_.to_pylist())
    }


def _measures(judged: list[Judged], metric: str) -> tuple[Measure, ...]:
    """Doubly robust values with intervals, and how many rows the log is worth for each policy."""
    made = []
    for one in judged:
        best = one.estimates["DR"]
        made += [
            Measure(one.policy, f"{metric}_dr", best.value, best.low, best.high),
            Measure(one.policy, f"{metric}_effective_rows", one.overlap.effective_rows),
        ]
    return tuple(made)
