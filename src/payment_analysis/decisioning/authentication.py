"""Which authentication a payment takes: hard constraints first, then the rules, then the highest expected net value.

value = approval x ((1 - fraud) x margin x amount - fraud x amount [where the merchant bears it]) - cost of the path

The approval of a path is end to end: who gives up or fails to authenticate is not approved.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from payment_analysis.decisioning.context import TREATMENT
from payment_analysis.decisioning.mandates import (
    EXEMPTIONS,
    LIABILITY_SHIFTS,
    PAYS_FOR_3DS,
    STRONG,
    Path,
    excluded,
)
from payment_analysis.decisioning.option import NO_WISHES, Option, wished
from payment_analysis.decisioning.value import stakes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.decisioning.context import Context
    from payment_analysis.decisioning.option import RuleHit, Wish
    from payment_analysis.decisioning.settings import PolicySettings


class RiskTier(StrEnum):
    """How risky a payment looks before it is authenticated."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class PathScores(NamedTuple):
    """What the models say: the chance of fraud, and of approval by path, end to end."""

    fraud: float
    approval: Mapping[str, float]


class AuthenticationDecision(NamedTuple):
    """The path, who bears fraud on it, and what every other path would have brought."""

    path: Path
    risk_tier: RiskTier
    liability: str
    reason: str
    policy: str
    options: tuple[Option, ...]
    hits: tuple[RuleHit, ...]


BY_VALUE, BY_TIER = "expected_value", "risk_tiers"
ISSUER, MERCHANT = "issuer", "merchant"
# Without scores: what a tier takes, the first that is on offer; the documents' table, then the next stricter.
TIER_PATHS: Final[Mapping[tuple[RiskTier, bool], tuple[Path, ...]]] = {
    (RiskTier.LOW, False): (Path.PASSKEY, Path.NONE),
    (RiskTier.MEDIUM, False): (Path.FRICTIONLESS, Path.PASSKEY, Path.CHALLENGE, Path.NONE),
    (RiskTier.HIGH, False): (Path.CHALLENGE, Path.PASSKEY, Path.FRICTIONLESS, Path.NONE),
    (RiskTier.LOW, True): (Path.NONE, Path.FRICTIONLESS, Path.PASSKEY),
    (RiskTier.MEDIUM, True): (Path.CHALLENGE, Path.FRICTIONLESS, Path.PASSKEY, Path.NONE),
    (RiskTier.HIGH, True): (Path.CHALLENGE, Path.PASSKEY, Path.FRICTIONLESS, Path.NONE),
}
# Of two paths of one value the one that bothers the cardholder less.
LEAST_FRICTION: Final = {path: place for place, path in enumerate(Path)}


def risk_tier(context: Context, settings: PolicySettings) -> RiskTier:
    """By the vendor's score; without one by trust in the device."""
    if context.risk_score is not None:
        if context.risk_score >= settings.number("risk_threshold_high"):
            return RiskTier.HIGH
        return RiskTier.MEDIUM if context.risk_score >= settings.number("risk_threshold_medium") else RiskTier.LOW
    trust = context.device_trust_score
    trusted = trust is not None and trust >= settings.number("device_trust_low_risk")
    return RiskTier.LOW if trusted else RiskTier.MEDIUM


def decide_authentication(
    context: Context,
    scores: PathScores | None,
    settings: PolicySettings,
    wishes: tuple[Wish, ...] = NO_WISHES,
) -> AuthenticationDecision:
    """The best path that is allowed; without scores the one its risk tier takes."""
    tier = risk_tier(context, settings)
    why_not = excluded(context, context.amount_value, settings.number("tra_fraud_rate"))
    _guard_high_risk(tier, why_not)
    eligible = {str(path): "" for path in Path if path not in why_not}
    left, hits = wished(eligible, wishes)
    options = [_option(context, path, why_not.get(path, ""), scores, settings) for path in Path]
    options = [_ruled_out(one) if one.is_eligible and one.action not in left else one for one in options]
    if scores is None:
        path, why = _by_tier(tier, left, treated=context.variant == TREATMENT), f"the risk is {tier}"
        policy = BY_TIER
    else:
        path, why = _by_value(options, left)
        policy = BY_VALUE
    liability = ISSUER if path in LIABILITY_SHIFTS else MERCHANT
    asked = "; the issuer may refuse the exemption" if path in EXEMPTIONS else ""
    forced = _forced(path, left, why_not)
    reason = f"{forced or why}; fraud is borne by the {liability}{asked}"
    return AuthenticationDecision(path, tier, liability, reason, policy, tuple(options), hits)


def _guard_high_risk(tier: RiskTier, why_not: dict[Path, str]) -> None:
    """A payment of high risk is authenticated wherever it can be, whatever a model says."""
    if tier is RiskTier.HIGH and any(path not in why_not for path in STRONG):
        for path in Path:
            if path not in STRONG:
                why_not.setdefault(path, "the risk is high and the payment can be authenticated")


def _option(context: Context, path: Path, why_not: str, scores: PathScores | None, settings: PolicySettings) -> Option:
    if scores is None or context.amount_value is None:
        return Option(path, not why_not, why_not)
    approval = scores.approval[path]
    cost = _cost(path, settings)
    shifts = path in LIABILITY_SHIFTS
    at_stake = stakes(
        context.amount_value,
        margin=settings.number("margin_share"),
        fraud=scores.fraud,
        liability_shifts=shifts,
    )
    borne = 0.0 if shifts else approval * scores.fraud * context.amount_value
    net = at_stake.value(approval) - cost
    terms = {"earned": net + borne + cost, "fraud_loss": borne, "cost": cost}
    return Option(path, not why_not, why_not, approval, net, terms)


def _cost(path: Path, settings: PolicySettings) -> float:
    fee = settings.number("cost_3ds") if path in PAYS_FOR_3DS else 0.0
    friction = settings.number("cost_challenge") if path is Path.CHALLENGE else 0.0
    return fee + friction + (settings.number("cost_data_only") if path is Path.DATA_ONLY else 0.0)


def _ruled_out(option: Option) -> Option:
    return option._replace(is_eligible=False, why="a rule took it away")


def _by_tier(tier: RiskTier, left: Mapping[str, str], *, treated: bool) -> Path:
    return next((path for path in TIER_PATHS[tier, treated] if path in left), Path(next(iter(left))))


def _by_value(options: list[Option], left: Mapping[str, str]) -> tuple[Path, str]:
    there = [one for one in options if one.action in left]
    best = max(there, key=lambda one: (one.net_value or 0.0, -LEAST_FRICTION[Path(one.action)]))
    if best.net_value is None:
        return Path(best.action), "the amount has no value in the reporting currency, so the least friction"
    return Path(best.action), (
        f"{best.action} is expected to bring {best.net_value:.2f}, the most of {len(there)} on offer "
        f"(approval {best.approval or 0.0:.1%}, fraud loss {best.terms['fraud_loss']:.2f}, "
        f"cost {best.terms['cost']:.2f})"
    )


def _forced(path: Path, left: Mapping[str, str], why_not: Mapping[Path, str]) -> str:
    """The reason when nothing else was on offer."""
    if len(left) > 1:
        return ""
    reasons = dict.fromkeys(why_not.values())
    told = next((reason for reason in reasons if reason in _OUTRANKING), next(iter(reasons), "a rule asks for it"))
    return f"only {path} is on offer: {told}"


_OUTRANKING: Final = frozenset(
    {
        "nobody is there to authenticate",
        "the wallet has authenticated the cardholder",
        "Brazilian debit must be authenticated with 3DS",
        "the issuer asked for a challenge",
    }
)
