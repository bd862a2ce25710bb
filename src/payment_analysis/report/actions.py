"""What to do first: each lost payment belongs to one action, each action has a range from observed outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from payment_analysis.domain.decline_reasons import DeclineReason, Remedy
from payment_analysis.report.lost import rate_of
from payment_analysis.report.proportion import MoneyRange, Proportion, total, total_range
from payment_analysis.report.wording import network

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from payment_analysis.domain.money import Money
    from payment_analysis.report.exposure import Exposure
    from payment_analysis.report.lost import Lost, LostGroup, RetryGroup
    from payment_analysis.report.routing import Routing
    from payment_analysis.report.warehouse import Query

DAYS_PER_MONTH = 30
DAYS_MIN = 1  # a shorter period is not scaled to thirty days


class ActionKind(StrEnum):
    """What may be done about lost payments and needless attempts."""

    ROUTE = "route"
    RETRY = "retry"
    AUTHENTICATE = "authenticate"
    FIX_DATA = "fix_data"
    ASK_CARDHOLDER = "ask_cardholder"
    RESOLVE_ERRORS = "resolve_errors"
    REVIEW = "review"
    LEARN_REASONS = "learn_reasons"
    STOP_RETRIES = "stop_retries"


# Which action a lost payment belongs to, by the remedy of its last decline; None: the refusal stands.
CLAIMS: dict[Remedy, ActionKind | None] = {
    Remedy.RETRY_NOW: ActionKind.RETRY,
    Remedy.RETRY_LATER: ActionKind.RETRY,
    Remedy.CHANGE_ROUTE: ActionKind.RETRY,  # what no proven better route claims first
    Remedy.AUTHENTICATE: ActionKind.AUTHENTICATE,
    Remedy.FIX_DATA: ActionKind.FIX_DATA,
    Remedy.UPDATE_CARD: ActionKind.FIX_DATA,
    Remedy.ASK_CARDHOLDER: ActionKind.ASK_CARDHOLDER,
    Remedy.CHECK_STATUS_FIRST: ActionKind.RESOLVE_ERRORS,
    Remedy.STOP: None,
    Remedy.MANUAL_REVIEW: ActionKind.REVIEW,
}


class Level(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of proof: what was counted, how it went, and the value it speaks for."""

    what: str
    rate: Proportion
    now: Proportion | None  # what the present way achieves, where the action replaces it
    payments: int
    value: Money | None
    gain: MoneyRange | None


@dataclass(frozen=True, slots=True)
class Action:
    kind: ActionKind
    payments: int  # lost payments (for stop_retries: attempts) the action speaks for
    value: Money | None
    gain: MoneyRange | None  # over the whole period
    gain_per_30_days: MoneyRange | None
    effort: Level
    confidence: Level
    evidence: tuple[Evidence, ...]
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Actions:
    ranked: tuple[Action, ...]
    recoverable: MoneyRange | None  # sum over the actions that win payments; fees are apart
    recoverable_per_30_days: MoneyRange | None
    scaled_by: float | None  # thirty days over the period; null for a period of less than a day
    standing_payments: int  # lost for a reason that no one should try to turn
    standing_value: Money | None
    comparisons: int
    z: float


EFFORT: dict[ActionKind, Level] = {
    ActionKind.ROUTE: Level.LOW,
    ActionKind.RETRY: Level.LOW,
    ActionKind.AUTHENTICATE: Level.MEDIUM,
    ActionKind.FIX_DATA: Level.MEDIUM,
    ActionKind.ASK_CARDHOLDER: Level.MEDIUM,
    ActionKind.RESOLVE_ERRORS: Level.MEDIUM,
    ActionKind.REVIEW: Level.HIGH,
    ActionKind.LEARN_REASONS: Level.MEDIUM,
    ActionKind.STOP_RETRIES: Level.LOW,
}


def kind_of(group: LostGroup) -> ActionKind | None:
    """Name the one action a group of lost payments belongs to, before a proven better route claims its part."""
    if group.result == "error":
        return ActionKind.RESOLVE_ERRORS
    if group.reason == DeclineReason.UNKNOWN:
        return ActionKind.LEARN_REASONS
    return CLAIMS[Remedy(group.action)]


def decide_actions(lost: Lost, routing: Routing, exposure: Exposure, days: float) -> Actions:
    """Give each lost payment to one action, then rank the actions by expected value, after that by the high end."""
    rest = _unclaimed(lost.groups, routing)
    factor = DAYS_PER_MONTH / days if days >= DAYS_MIN else None
    actions = [_route(routing, factor)] if routing.reroutes else []
    for kind in ActionKind:
        groups = [group for group in rest if kind_of(group) is kind]
        if groups:
            actions.append(_from_retries(kind, groups, lost, factor))
    winning = total_range(action.gain for action in actions)
    if exposure.forbidden_attempts:
        actions.append(_stop(exposure, factor))
    standing = [group for group in rest if kind_of(group) is None]
    return Actions(
        ranked=tuple(sorted(actions, key=_rank)),
        recoverable=winning,
        recoverable_per_30_days=winning.times(factor) if winning and factor else None,
        scaled_by=factor,
        standing_payments=sum(group.payments for group in standing),
        standing_value=total(group.value for group in standing),
        comparisons=routing.comparisons,
        z=routing.z,
    )


def _rank(action: Action) -> tuple[int, int, int]:
    gain = action.gain
    expected = gain.expected.amount_minor if gain and gain.expected else 0
    high = gain.high.amount_minor if gain else 0
    return -expected, -high, -(action.value.amount_minor if action.value else 0)


def _unclaimed(groups: Iterable[LostGroup], routing: Routing) -> list[LostGroup]:
    """Take the payments a proven better route claims out of their groups, so nothing is counted twice."""
    rest = []
    for group in groups:
        taken = [
            claim
            for reroute in routing.reroutes
            for claim in reroute.claims
            if group.result == "declined"
            and (claim.reason, claim.action, claim.next_position) == (group.reason, group.action, group.next_position)
        ]
        payments = group.payments - sum(claim.payments for claim in taken)
        assert payments >= 0, f"a route claims more payments than were lost: {group}"
        value, claimed = group.value, total(claim.value for claim in taken)
        if value is not None and claimed is not None:
            value -= claimed
        if payments:
            rest.append(_replaced(group, payments, value))
    return rest


def _replaced(group: LostGroup, payments: int, value: Money | None) -> LostGroup:
    return type(group)(group.result, group.reason, group.action, group.next_position, payments, value)


def _route(routing: Routing, factor: float | None) -> Action:
    evidence = tuple(
        Evidence(
            f"{network(reroute.network)} {reroute.country or '(no country)'}: {reroute.from_psp} → {reroute.to_psp}",
            reroute.to_rate,
            reroute.from_rate,
            reroute.payments,
            reroute.value,
            reroute.money,
        )
        for reroute in routing.reroutes
    )
    return _action(ActionKind.ROUTE, Level.MEDIUM, evidence, factor, routing.queries)


def _from_retries(kind: ActionKind, groups: Sequence[LostGroup], lost: Lost, factor: float | None) -> Action:
    """Value each group by what happened to retries after the same end; without such retries there is no number."""
    also = _used_3ds if kind is ActionKind.AUTHENTICATE else _any_retry
    evidence = tuple(
        Evidence(
            _ending(group),
            rate := lost.comparable(group, also),
            None,
            group.payments,
            group.value,
            _gain(kind, group.value, rate),
        )
        for group in groups
    )
    measured = rate_of(
        retry for group in groups for retry in lost.retries if retry.previous_reason == group.reason and also(retry)
    )
    guess = kind in {ActionKind.LEARN_REASONS, ActionKind.REVIEW} or measured.is_small
    return _action(kind, Level.LOW if guess else Level.MEDIUM, evidence, factor, lost.queries)


def _used_3ds(retry: RetryGroup) -> bool:
    return retry.with_3ds


def _any_retry(_: RetryGroup) -> bool:
    return True


def _gain(kind: ActionKind, value: Money | None, rate: Proportion) -> MoneyRange | None:
    if value is None or rate.rate is None or rate.low is None or rate.high is None or kind is ActionKind.REVIEW:
        return None
    if kind is ActionKind.LEARN_REASONS:
        return MoneyRange.of(value, 0.0, None, rate.high)  # an unknown reason may forbid every retry
    return MoneyRange.of(value, rate.low, rate.rate, rate.high)


def _ending(group: LostGroup) -> str:
    place = "the first attempt" if group.next_position == 2 else "a later attempt"
    word = "error" if group.result == "error" else group.reason.replace("_", " ")
    return f"{word}, ended on {place}"


def _stop(exposure: Exposure, factor: float | None) -> Action:
    gain = None if exposure.fees is None else MoneyRange(exposure.fees, exposure.fees, exposure.fees)
    return Action(
        kind=ActionKind.STOP_RETRIES,
        payments=exposure.forbidden_attempts,
        value=None,
        gain=gain,
        gain_per_30_days=gain.times(factor) if gain and factor else None,
        effort=EFFORT[ActionKind.STOP_RETRIES],
        confidence=Level.HIGH if gain else Level.MEDIUM,
        evidence=(),
        queries=exposure.queries,
    )


def _action(
    kind: ActionKind,
    confidence: Level,
    evidence: tuple[Evidence, ...],
    factor: float | None,
    queries: tuple[Query, ...],
) -> Action:
    gain = total_range(line.gain for line in evidence)
    return Action(
        kind=kind,
        payments=sum(line.payments for line in evidence),
        value=total(line.value for line in evidence),
        gain=gain,
        gain_per_30_days=gain.times(factor) if gain and factor else None,
        effort=EFFORT[kind],
        confidence=confidence,
        evidence=evidence,
        queries=queries,
    )
