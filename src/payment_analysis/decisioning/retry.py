"""Whether a declined payment is sent again, when, and how.

Vetoes come first, each with its reason: an unknown outcome, a decline nobody understands, an advice code or a network
that forbids it, a scheme limit, the budget, a rule. No score moves a veto. What is left is a choice of ways and waits,
taken by the highest expected net value, or without scores by the table of decline codes.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from payment_analysis.decisioning.option import NO_WISHES, Option
from payment_analysis.decisioning.retry_case import Case, RetryFacts, Way, decline_of, veto, ways_of
from payment_analysis.decisioning.scheme_limits import limits_at, network_of
from payment_analysis.decisioning.value import Stakes, stakes
from payment_analysis.domain.decline_sentences import REASON_SENTENCES
from payment_analysis.domain.declines import DeclineReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.decisioning.context import Context
    from payment_analysis.decisioning.option import RuleHit, Wish
    from payment_analysis.decisioning.retry_case import RetryScores
    from payment_analysis.decisioning.settings import PolicySettings


class RetryDecision(NamedTuple):
    """Whether, when and how; `attempts_max` is what the budget allows in all."""

    should_retry: bool
    way: Way | None
    wait_seconds: int | None
    attempts_max: int
    reason: str
    policy: str
    options: tuple[Option, ...]
    hits: tuple[RuleHit, ...]


BY_VALUE, BY_CODE = "expected_value", "decline_code_table"
AFTER: Final = "@"  # way@seconds
TRANSIENT: Final = frozenset(
    {DeclineReason.ISSUER_UNAVAILABLE, DeclineReason.SYSTEM_MALFUNCTION, DeclineReason.ACQUIRER_ERROR}
)


def decide_retry(
    context: Context,
    scores: RetryScores | None,
    facts: RetryFacts,
    settings: PolicySettings,
    wishes: tuple[Wish, ...] = NO_WISHES,
) -> RetryDecision:
    """The best way and wait that nothing forbids, or why there is none."""
    decline = decline_of(context)
    case = Case(context, decline, scores, facts, settings, wishes)
    ways = ways_of(context, decline)
    policy = BY_CODE if scores is None else BY_VALUE
    forbidden = veto(case, ways)
    hits = tuple(wish.hit(followed=not forbidden or wish.stop) for wish in wishes)
    if forbidden:
        options = (Option("retry", False, forbidden), Option("stop", True, forbidden))
        return RetryDecision(False, None, None, case.attempts_max, forbidden, policy, options, hits)
    judged = _options(case, ways, _waits(case))
    open_ = [one for one in judged if one.is_eligible]
    if not open_:
        why = max(judged, key=_worth).why
        return RetryDecision(False, None, None, case.attempts_max, why, policy, judged, hits)
    best = max(open_, key=_worth) if scores is not None else open_[0]
    way, wait = Way(best.action.split(AFTER)[0]), int(best.terms["wait_seconds"])
    return RetryDecision(True, way, wait, case.attempts_max, _reason(case, best, way, wait), policy, judged, hits)


def _waits(case: Case) -> list[int]:
    """Waits that respect the decline, the code's row and the rules, in seconds."""
    earliest = case.decline.earliest_retry
    least = 0 if earliest is None else int(earliest.total_seconds())
    least = max([least, *(wish.wait_seconds_min for wish in case.wishes if wish.wait_seconds_min is not None)])
    if not case.decline.retryable:
        return [least]
    if case.scores is None:
        return [max(least, _backoff(case))]
    if case.row is not None:
        least = max(least, case.row.backoff_seconds)
    return [wait for wait in case.scores.chances if wait >= least] or [least]


def _backoff(case: Case) -> int:
    """The wait of the table: the code's own, else the documents' by kind of decline."""
    own = 0 if case.row is None else case.row.backoff_seconds
    if case.context.is_recurring:
        variant = "treatment" if case.is_treated else "control"
        return max(own, case.settings.count(f"retry_backoff_recurring_{variant}"))
    if case.row is not None:
        return own
    if case.decline.reason in TRANSIENT:
        return case.settings.count("retry_backoff_transient")
    return case.settings.count("retry_backoff_soft_treatment") if case.is_treated else 0


def _options(case: Case, ways: Sequence[Way], waits: Sequence[int]) -> tuple[Option, ...]:
    """Every way with every wait, judged."""
    limits = _limits(case, waits)
    least = (case.settings.number("retry_success_min"), case.settings.number("retry_net_min"))
    at_stake = stakes(
        case.context.amount_value or 0.0,
        margin=case.settings.number("margin_share"),
        fraud=0.0 if case.scores is None else case.scores.fraud,
        fee_declined=0.0 if case.scores is None else case.scores.fee_declined,
    )
    return tuple(
        [
            _option(case, (way, wait), limit, at_stake, least)
            for way in ways
            for wait, limit in zip(waits, limits, strict=True)
        ]
    )


def _limits(case: Case, waits: Sequence[int]) -> list[str]:
    """The scheme limit that an attempt after each wait would break, in words."""
    found = limits_at(
        case.facts.made,
        [case.context.at + timedelta(seconds=wait) for wait in waits],
        network=network_of(case.context.network),
        merchant_country=case.context.merchant_country,
        issuer_country=case.context.issuer_country,
    )
    return ["" if one is None else f"it would break a scheme limit: {one.words}" for one in found]


def _option(case: Case, plan: tuple[Way, int], limit: str, at_stake: Stakes, least: tuple[float, float]) -> Option:
    """One way with one wait; `least` are the chance and the net value that are worth it."""
    way, wait = plan
    action, terms = f"{way}{AFTER}{wait}", {"wait_seconds": float(wait)}
    if case.scores is None:
        return Option(action, not limit, limit, None, None, terms)
    known = case.scores.chances.get(wait)
    usual = known if known is not None else next(iter(case.scores.chances.values()), 0.0)
    chance = _shifted(usual, case.scores.shifts.get(way, 0.0))
    net = float(at_stake.value(chance))
    why, (chance_min, net_min) = limit, least
    if not why and chance < chance_min:
        why = f"only {chance:.1%} likely, {chance_min:.1%} is the least"
    if not why and net <= net_min:
        why = f"it is expected to bring {net:.2f}, which is not worth it"
    return Option(action, not why, why, chance, net, terms)


def _shifted(chance: float, log_odds: float) -> float:
    """A chance moved by log-odds; certainty stays."""
    if not 0.0 < chance < 1.0 or log_odds == 0.0:
        return chance
    return 1.0 / (1.0 + (1.0 - chance) / chance * math.exp(-max(-50.0, min(50.0, log_odds))))


def _worth(option: Option) -> tuple[float, float]:
    return (option.net_value or 0.0, -option.terms["wait_seconds"])


def _reason(case: Case, best: Option, way: Way, wait: int) -> str:
    said = f"{REASON_SENTENCES[case.decline.reason]} Send it again {_WAYS[way]} {_waited(wait)}"
    if best.approval is None or best.net_value is None:
        return f"{said}, as the table of decline codes says."
    return f"{said}: {best.approval:.1%} likely, expected to bring {best.net_value:.2f}."


_WAYS: Final = {
    Way.SAME_ROUTE: "by the same route",
    Way.OTHER_ROUTE: "by another route",
    Way.PAN: "with the card number instead of the token",
    Way.STEP_UP: "after the cardholder has authenticated",
}


def _waited(seconds: int) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= length:
            number = f"{seconds / length:.3g}"
            return f"in {number} {unit.removesuffix('s') if number == '1' else unit}"
    return f"in {seconds} seconds" if seconds else "at once"
