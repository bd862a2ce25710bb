"""What a retry is decided from: the decline before, what is known of the card, the scores, the wishes of the rules."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from payment_analysis.decisioning.context import TREATMENT, UNKNOWN_OUTCOMES
from payment_analysis.decisioning.scheme_limits import network_of
from payment_analysis.domain.countries import region_of
from payment_analysis.domain.decline_sentences import REASON_SENTENCES, REMEDY_SENTENCES
from payment_analysis.domain.declines import Decline, DeclineReason, Remedy, classify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payment_analysis.decisioning.context import Context
    from payment_analysis.decisioning.option import Wish
    from payment_analysis.decisioning.settings import PolicySettings
    from payment_analysis.domain.retry_rules import AttemptMade

MONTH: Final = timedelta(days=30)
# Reasons that another representation of the card can lift, though the same one may not be sent again as it is.
TOKEN_TROUBLE: Final = frozenset({DeclineReason.TOKEN_NOT_SUPPORTED})


class Way(StrEnum):
    """How a payment is sent again."""

    SAME_ROUTE = "same_route"
    OTHER_ROUTE = "other_route"
    PAN = "pan_instead_of_token"  # the card number
    STEP_UP = "step_up"


class CodeRow(NamedTuple):
    """What the people of the house allow for a decline code, within what the schemes allow."""

    code: str
    backoff_seconds: int
    attempts_max: int
    is_active: bool


class RetryScores(NamedTuple):
    """What the models say: the chance of success by wait, and what ways add to the same route in log-odds."""

    chances: Mapping[int, float]  # seconds waited to chance
    shifts: Mapping[str, float] = MappingProxyType({})
    fraud: float = 0.0
    fee_declined: float = 0.0


class RetryFacts(NamedTuple):
    """What the store knows: the attempts of the card at the merchant, oldest first, and the table of codes."""

    made: Sequence[AttemptMade] = ()
    codes: Mapping[str, CodeRow] = MappingProxyType({})


class Case(NamedTuple):
    """Everything one retry is decided from."""

    context: Context
    decline: Decline
    scores: RetryScores | None
    facts: RetryFacts
    settings: PolicySettings
    wishes: tuple[Wish, ...]

    @property
    def is_treated(self) -> bool:
        return self.context.variant == TREATMENT

    @property
    def row(self) -> CodeRow | None:
        """The row of the decline's code in the table of the house."""
        for word in (self.context.previous_decline_code, self.context.previous_decline_reason):
            if word and word in self.facts.codes:
                return self.facts.codes[word]
        return None

    @property
    def attempts_max(self) -> int:
        """Attempts of one payment in all: the smallest of what the setting, the code and the rules allow."""
        limits = [
            self.settings.count("retry_max_attempts_treatment" if self.is_treated else "retry_max_attempts_control")
        ]
        if self.row is not None:
            limits.append(self.row.attempts_max)
        return min([*limits, *(wish.attempts_max for wish in self.wishes if wish.attempts_max is not None)])


def decline_of(context: Context) -> Decline:
    """The decline before, classified for the network, the issuer's region and the day."""
    return _classified(
        network_of(context.network),
        context.previous_decline_code,
        context.previous_advice_code,
        region_of(context.issuer_country),
        context.at.date(),
        context.previous_decline_reason,
    )


_classified = lru_cache(4_096)(classify)  # a decision meets few different declines on one day


def veto(case: Case, ways: Sequence[Way]) -> str:
    """Why it must not be sent again, whatever it would bring; empty when nothing forbids it."""
    return next((reason for reason in (_unknown(case), _forbidden(case, ways), _used_up(case)) if reason), "")


def _unknown(case: Case) -> str:
    if case.context.previous_outcome in UNKNOWN_OUTCOMES:
        return "the outcome of the attempt before is unknown: ask for it first"
    if not (case.context.previous_decline_code or case.context.previous_decline_reason):
        return "nothing is said of the decline, so nothing tells that another attempt could help"
    return ""


def _forbidden(case: Case, ways: Sequence[Way]) -> str:
    if not ways:
        return f"{REASON_SENTENCES[case.decline.reason]} {REMEDY_SENTENCES[case.decline.action]}"
    if case.row is not None and not case.row.is_active:
        return f"retries after {case.row.code} are switched off"
    return next((f"the rule {wish.name} says not to" for wish in case.wishes if wish.stop), "")


def _used_up(case: Case) -> str:
    made, most = max(case.context.attempts_made, 1), case.attempts_max
    recent = sum(one.at > case.context.at - MONTH for one in case.facts.made)
    budget = case.settings.count("retry_budget_30d")
    if made >= most:
        return f"{made} attempts are made, {most} is the most"
    if recent >= budget:
        return f"{recent} attempts of this card in 30 days use up the budget of {budget}"
    return ""


def ways_of(context: Context, decline: Decline) -> list[Way]:
    """The ways that the decline and the card leave open, the usual one first."""
    if decline.retryable:
        ways = [Way.SAME_ROUTE, Way.OTHER_ROUTE]
        if decline.action is Remedy.CHANGE_ROUTE:
            ways.reverse()
        if context.is_network_token:
            ways.append(Way.PAN)
        if _can_step_up(context) and decline.reason is DeclineReason.DO_NOT_HONOR:
            ways.append(Way.STEP_UP)
        return ways
    if decline.reason in TOKEN_TROUBLE and context.is_network_token:
        return [Way.PAN]
    if decline.action is Remedy.AUTHENTICATE and _can_step_up(context):
        return [Way.STEP_UP]
    return []


def _can_step_up(context: Context) -> bool:
    return (
        context.supports_3ds
        and not context.is_merchant_initiated
        and context.wallet is None
        and context.authenticated_path in {None, "none", "data_only"}
    )
