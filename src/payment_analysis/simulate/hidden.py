"""The truth of each attempt: what no feature, view or model may see, and what an evaluator judges them by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.simulate.gates import approval, approval_known
from payment_analysis.simulate.parameters import ARMS, POLICY_ARMS
from payment_analysis.simulate.recovery import conditional
from payment_analysis.simulate.retries import memory

if TYPE_CHECKING:
    from payment_analysis.simulate.arrays import Array
    from payment_analysis.simulate.gates import Odds
    from payment_analysis.simulate.payments import Payments
    from payment_analysis.simulate.population import Population
    from payment_analysis.simulate.recovery import Try


@dataclass(frozen=True, slots=True)
class HiddenTruth:
    """One row per attempt."""

    approval: Array  # attempt x (route x arm), everything hidden known, the luck of earlier tries included
    approval_known: Array  # the same for one who knows parameters only; nan for tries after the first
    recovery: Array  # attempt x delay, nan unless declined
    allowed: Array  # bits of the arms that were allowed
    risk_latent: Array
    funds_latent: Array
    funds_score: Array


@dataclass(frozen=True, slots=True)
class Past:
    """One row per attempt: the try before."""

    seconds: Array  # since then
    route: Array
    arm: Array
    risk_latent: Array
    funds_latent: Array


def hidden_truth(
    population: Population,
    payments: Payments,
    made: Try,
    chance: Odds,
    *,
    recovered: Array,
    allowed: Array,
    past: Past | None,
) -> HiddenTruth:
    """The truth of attempts; recovered is what a retry of each is worth at every delay."""
    issuer = population.cards.issuer[payments.seeds.card]
    funds, risk = (chance.funds, chance.risk) if past is None else _given(past, chance)
    known = approval_known(chance, population.issuers.unusable[issuer])
    return HiddenTruth(
        approval=approval(chance, funds, risk),
        approval_known=known if past is None else np.full_like(known, np.nan),
        recovery=recovered,
        allowed=(allowed * (1 << np.arange(len(ARMS)))).sum(axis=1),
        risk_latent=made.risk_latent.astype(np.float32),
        funds_latent=made.funds_latent.astype(np.float32),
        funds_score=chance.funds.astype(np.float32),
    )


def _given(past: Past, chance: Odds) -> tuple[Array, Array]:
    """Scores of funds and risk once the luck of the try before is known; it persists less by another route or arm."""
    same = np.arange(POLICY_ARMS) == (past.route * len(ARMS) + past.arm)[:, None]
    keep_risk, keep_funds = memory(past.seconds[:, None], ~same)
    funds = conditional(chance.funds, keep_funds[:, 0], past.funds_latent)
    return funds, conditional(chance.risk, keep_risk, past.risk_latent[:, None]).astype(np.float32)
