"""Which answers took the place of the missing approvals, and what kind of cause that speaks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from payment_analysis.domain.decline_reasons import DeclineReason as Reason

if TYPE_CHECKING:
    from payment_analysis.agents.diagnosis.attempts import Attempts
    from payment_analysis.agents.diagnosis.greedy import Moved
    from payment_analysis.ml.arrays import Array

APPROVED: Final = "approved"
SURGE_MIN: Final = 1.5  # times as many attempts as usual
SURGE_SIGMAS: Final = 5.0
PRIOR: Final = 50.0  # attempts of all cells that a small cell's usual answers are drawn to
ABSORBED_MIN: Final = 0.05
CERTAINTY_MIN: Final = 0.4  # share of the extra answers; below it no class is named


class CauseClass(StrEnum):
    """What kind of thing went wrong, as far as answers and place tell."""

    ISSUER_OUTAGE = "issuer_outage"
    PSP_DEGRADATION = "psp_degradation"
    AUTHENTICATION_FAILURE = "authentication_failure"
    FRAUD_ATTACK = "fraud_attack"
    RULE_CHANGE = "rule_change"
    MIX_SHIFT = "mix_shift"
    DATA_PROBLEM = "data_problem"
    UNCLEAR = "unclear"


# What an answer speaks for: who gave it first, then its reason. Whatever else an issuer says is a rule of its own.
_BY_WHO: Final = {
    "authentication": CauseClass.AUTHENTICATION_FAILURE,
    "gateway": CauseClass.PSP_DEGRADATION,
    "merchant": CauseClass.RULE_CHANGE,
}
_CARD_DATA: Final = (
    Reason.INVALID_CARD_NUMBER, Reason.CVV_MISMATCH, Reason.ADDRESS_MISMATCH, Reason.IDENTITY_MISMATCH,
    Reason.SUSPECTED_FRAUD, Reason.CONFIRMED_FRAUD, Reason.BLOCKED_BY_FRAUD_CONTROL, Reason.PICK_UP_CARD,
    Reason.STOLEN_CARD, Reason.LOST_CARD, Reason.CARD_ERROR, Reason.EXPIRED_CARD, Reason.FREQUENCY_EXCEEDED,
)  # fmt: skip
_BY_REASON: Final[dict[str, CauseClass]] = {
    Reason.AUTHENTICATION_FAILED: CauseClass.AUTHENTICATION_FAILURE,
    Reason.ISSUER_UNAVAILABLE: CauseClass.ISSUER_OUTAGE,
    Reason.SYSTEM_MALFUNCTION: CauseClass.PSP_DEGRADATION,
    Reason.ACQUIRER_ERROR: CauseClass.PSP_DEGRADATION,
    Reason.UNROUTABLE: CauseClass.PSP_DEGRADATION,
    Reason.GATEWAY_REJECTED: CauseClass.PSP_DEGRADATION,
    Reason.INSUFFICIENT_FUNDS: CauseClass.UNCLEAR,
    Reason.LIMIT_EXCEEDED: CauseClass.UNCLEAR,
    Reason.UNKNOWN: CauseClass.DATA_PROBLEM,
    Reason.FORMAT_ERROR: CauseClass.DATA_PROBLEM,
    Reason.INVALID_TRANSACTION: CauseClass.DATA_PROBLEM,
    Reason.INVALID_AMOUNT: CauseClass.DATA_PROBLEM,
}
_NO_ANSWER: Final = frozenset({"pending", "error", Reason.TIMEOUT, Reason.REENTER_TRANSACTION})  # the place decides
# Many attempts more than usual that are answered so were never good: attackers are challenged, blocked and refused.
_AS_ATTACKERS_ARE_ANSWERED: Final = frozenset(
    {CauseClass.FRAUD_ATTACK, CauseClass.RULE_CHANGE, CauseClass.AUTHENTICATION_FAILURE, CauseClass.UNCLEAR}
)


@dataclass(frozen=True, slots=True)
class Absorbed:
    """An answer that came more often (or, when the rate rose, less often) than usual."""

    answer: str  # who:reason, `pending` or `error`
    extra: float  # attempts beyond usual
    share: float  # of all answers that moved the same way


@dataclass(frozen=True, slots=True)
class Kind:
    """A class with what speaks for it."""

    cause: CauseClass
    certainty: float  # share of the extra answers that speak for it
    surge: float  # attempts, as a multiple of what is usual
    absorbed: tuple[Absorbed, ...]


def kind_of(moved: Moved, now: Attempts, before: Attempts) -> Kind:
    """The class of a cell that moved."""
    sign = -1.0 if moved.scored.moved < 0 else 1.0
    extra = _extra(moved, now, before, sign)
    surge, is_surge = _surge(moved, now, before)
    names = set(moved.cell.dimensions)
    votes: dict[CauseClass, float] = {}
    for one in extra:
        voted = _vote(one.answer, names, is_surge=is_surge)
        votes[voted] = votes.get(voted, 0.0) + one.share
    cause = max(votes, key=lambda voted: votes[voted], default=CauseClass.UNCLEAR)
    shown = tuple(one for one in extra if one.share >= ABSORBED_MIN)
    if is_surge and sign < 0 and cause in _AS_ATTACKERS_ARE_ANSWERED:
        return Kind(
            CauseClass.FRAUD_ATTACK, sum(votes.get(one, 0.0) for one in _AS_ATTACKERS_ARE_ANSWERED), surge, shown
        )
    if votes.get(cause, 0.0) < CERTAINTY_MIN:
        cause = CauseClass.UNCLEAR
    return Kind(cause, votes.get(cause, 0.0), surge, shown)


def _extra(moved: Moved, now: Attempts, before: Attempts, sign: float) -> list[Absorbed]:
    words = now.answers.words
    count = np.bincount(now.answers.codes[moved.inside], minlength=len(words)).astype(float)
    known = np.bincount(before.answers.codes[moved.earlier], minlength=len(words)).astype(float)
    everywhere = np.bincount(before.answers.codes, minlength=len(words)) / len(before)
    usual = (known + PRIOR * everywhere) / (known.sum() + PRIOR) * count.sum()
    beyond: Array = np.where([word == APPROVED for word in words], 0.0, -sign * (count - usual))
    total = float(beyond[beyond > 0].sum())
    order = [place for place in np.argsort(-beyond) if beyond[place] > 0]
    return [Absorbed(words[place], float(beyond[place]), float(beyond[place]) / total) for place in order]


def _surge(moved: Moved, now: Attempts, before: Attempts) -> tuple[float, bool]:
    """Attempts in the cell against its usual share of an equal time, and whether that is more than chance."""
    span, reference = float(np.ptp(now.at_us)) + 1, float(np.ptp(before.at_us)) + 1
    usual = float(moved.earlier.sum()) * before.weight * span / reference
    count = float(moved.inside.sum()) * now.weight
    return count / max(usual, 1.0), count > SURGE_MIN * usual and count - usual > SURGE_SIGMAS * (usual + 1) ** 0.5


def _vote(answer: str, names: set[str], *, is_surge: bool) -> CauseClass:
    """What one answer speaks for."""
    who, _, reason = answer.partition(":")
    if (reason or who) in _NO_ANSWER:
        of_issuer = "issuer" in names and "psp" not in names
        return CauseClass.ISSUER_OUTAGE if of_issuer else CauseClass.PSP_DEGRADATION
    if who in _BY_WHO:
        return _BY_WHO[who]
    if is_surge and reason in _CARD_DATA:
        return CauseClass.FRAUD_ATTACK
    return _BY_REASON.get(reason, CauseClass.RULE_CHANGE)
