"""What a rule may tell a policy to do, and how the actions of several rules are put together.

A prohibition always holds. Of two orders that cannot both be followed the one with the lower priority number is
followed, and an order somebody forbids is not followed at all: adding a prohibition never allows anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.decisioning.fields import Decision
from payment_analysis.domain.errors import BadRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class AuthenticationPath(StrEnum):
    """How the cardholder is authenticated; the documents' words, and the two ways they lack."""

    NONE = "none"
    FRICTIONLESS = "3ds_frictionless"
    CHALLENGE = "3ds_challenge"
    DATA_ONLY = "data_only"
    PASSKEY = "passkey"


class Exemption(StrEnum):
    """Reasons to ask that strong authentication be left out; the liability then stays with the merchant."""

    LOW_VALUE = "low_value"
    RISK_ANALYSIS = "tra"
    TRUSTED_BENEFICIARY = "trusted_beneficiary"
    SECURE_CORPORATE = "secure_corporate"


class ActionKind(StrEnum):
    """What a rule tells a policy."""

    FORCE_PATH = "force_path"
    FORBID_PATH = "forbid_path"
    REQUEST_EXEMPTION = "request_exemption"
    FORBID_EXEMPTION = "forbid_exemption"
    FORCE_ROUTE = "force_route"
    FORBID_ROUTE = "forbid_route"
    NO_CASCADE = "no_cascade"
    NO_EXPLORATION = "no_exploration"
    DO_NOT_RETRY = "do_not_retry"
    RETRY_AFTER = "retry_after"
    CAP_ATTEMPTS = "cap_attempts"


class ValueKind(StrEnum):
    """What the value of an action is."""

    NOTHING = "nothing"
    PATH = "path"
    EXEMPTION = "exemption"
    ROUTE = "route"  # a psp by its name
    SECONDS = "seconds"
    ATTEMPTS = "attempts"  # of a payment, the first included


@dataclass(frozen=True, slots=True)
class ActionMeaning:
    """Where an action belongs, what value it takes, and how it reads."""

    decisions: frozenset[Decision]
    takes: ValueKind
    words: str  # `{}` is the value


_A, _R, _T = Decision.AUTHENTICATION, Decision.ROUTING, Decision.RETRY
MEANINGS: Final[Mapping[ActionKind, ActionMeaning]] = MappingProxyType(
    {
        ActionKind.FORCE_PATH: ActionMeaning(frozenset({_A}), ValueKind.PATH, "authenticate by {}"),
        ActionKind.FORBID_PATH: ActionMeaning(frozenset({_A}), ValueKind.PATH, "do not authenticate by {}"),
        ActionKind.REQUEST_EXEMPTION: ActionMeaning(frozenset({_A}), ValueKind.EXEMPTION, "ask for the exemption {}"),
        ActionKind.FORBID_EXEMPTION: ActionMeaning(frozenset({_A}), ValueKind.NOTHING, "ask for no exemption"),
        ActionKind.FORCE_ROUTE: ActionMeaning(frozenset({_R, _T}), ValueKind.ROUTE, "send to {}"),
        ActionKind.FORBID_ROUTE: ActionMeaning(frozenset({_R, _T}), ValueKind.ROUTE, "do not send to {}"),
        ActionKind.NO_CASCADE: ActionMeaning(frozenset({_R}), ValueKind.NOTHING, "do not cascade"),
        ActionKind.NO_EXPLORATION: ActionMeaning(frozenset({_A, _R, _T}), ValueKind.NOTHING, "explore nothing"),
        ActionKind.DO_NOT_RETRY: ActionMeaning(frozenset({_T}), ValueKind.NOTHING, "do not retry"),
        ActionKind.RETRY_AFTER: ActionMeaning(frozenset({_T}), ValueKind.SECONDS, "retry no earlier than after {} s"),
        ActionKind.CAP_ATTEMPTS: ActionMeaning(frozenset({_T}), ValueKind.ATTEMPTS, "at most {} attempts in all"),
    }
)
SECONDS_MAX: Final = 31 * 86_400  # the networks' longest window is 30 days
ATTEMPTS_MAX: Final = 35  # Mastercard's limit in 30 days


@dataclass(frozen=True, slots=True)
class RuleAction:
    """One action with its value: a path, an exemption, a psp's name, seconds, a number of attempts, or none."""

    kind: ActionKind
    value: str | int | None = None

    @property
    def words(self) -> str:
        return MEANINGS[self.kind].words.format(self.value)


def read_action(kind: str, value: str | int | None, decision: Decision) -> RuleAction:
    """The action these words mean; raises `BadRule` naming the value and what is allowed."""
    allowed = [str(one) for one in ActionKind if decision in MEANINGS[one].decisions]
    if kind not in allowed:
        raise BadRule(f"{kind!r} is no action of {decision}", hint=f"one of {', '.join(allowed)}")
    known = ActionKind(kind)
    return RuleAction(known, _value(known, value))


def _value(kind: ActionKind, value: str | int | None) -> str | int | None:
    takes = MEANINGS[kind].takes
    text = "" if value is None else str(value).strip()
    if takes is ValueKind.NOTHING:
        if text:
            raise BadRule(f"{kind} takes no value, and got {text!r}", hint="leave it empty")
        return None
    if takes in {ValueKind.PATH, ValueKind.EXEMPTION}:
        words = [str(one) for one in (AuthenticationPath if takes is ValueKind.PATH else Exemption)]
        if text not in words:
            raise BadRule(f"{kind} takes a {takes}, and got {text!r}", hint=f"one of {', '.join(words)}")
        return text
    if takes is ValueKind.ROUTE:
        if not text:
            raise BadRule(f"{kind} takes the name of a route", hint="name the psp as the data has it")
        return text
    most = SECONDS_MAX if takes is ValueKind.SECONDS else ATTEMPTS_MAX
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= most:
        raise BadRule(f"{kind} takes {takes} from 1 to {most}, and got {text!r}", hint="write a whole number")
    return int(text)


@dataclass(frozen=True, slots=True)
class Directives:
    """What the rules leave a policy to choose; without rules, everything."""

    path: str | None = None
    paths_forbidden: frozenset[str] = frozenset()
    exemption: str | None = None
    exemptions_forbidden: bool = False
    route: str | None = None
    routes_forbidden: frozenset[str] = frozenset()
    may_cascade: bool = True
    may_explore: bool = True
    may_retry: bool = True
    retry_after_seconds: int = 0
    attempts_max: int | None = None
    overruled: tuple[RuleAction, ...] = field(default=())  # orders that are not followed


def directives(actions: Iterable[RuleAction]) -> Directives:
    """Put the actions of the rules that fired together; they come in order of priority."""
    values: dict[ActionKind, list[str | int | None]] = {}
    for action in actions:
        values.setdefault(action.kind, []).append(action.value)
    if not values:
        return _FREE
    no_paths = _words(values, ActionKind.FORBID_PATH)
    no_routes = _words(values, ActionKind.FORBID_ROUTE)
    exemptions = frozenset() if ActionKind.FORBID_EXEMPTION not in values else _words(values, _EXEMPT)
    path, lost_paths = _followed(values, ActionKind.FORCE_PATH, no_paths)
    route, lost_routes = _followed(values, ActionKind.FORCE_ROUTE, no_routes)
    exemption, lost_exemptions = _followed(values, _EXEMPT, exemptions)
    return Directives(
        path=path,
        paths_forbidden=no_paths,
        exemption=exemption,
        exemptions_forbidden=ActionKind.FORBID_EXEMPTION in values,
        route=route,
        routes_forbidden=no_routes,
        may_cascade=ActionKind.NO_CASCADE not in values,
        may_explore=ActionKind.NO_EXPLORATION not in values,
        may_retry=ActionKind.DO_NOT_RETRY not in values,
        retry_after_seconds=max(_numbers(values, ActionKind.RETRY_AFTER), default=0),
        attempts_max=min(_numbers(values, ActionKind.CAP_ATTEMPTS), default=None),
        overruled=(*lost_paths, *lost_exemptions, *lost_routes),
    )


_FREE: Final = Directives()
_EXEMPT: Final = ActionKind.REQUEST_EXEMPTION


def _words(values: Mapping[ActionKind, list[str | int | None]], kind: ActionKind) -> frozenset[str]:
    return frozenset(str(value) for value in values.get(kind, ()))


def _numbers(values: Mapping[ActionKind, list[str | int | None]], kind: ActionKind) -> list[int]:
    return [int(value) for value in values.get(kind, ()) if value is not None]


def _followed(
    values: Mapping[ActionKind, list[str | int | None]], kind: ActionKind, forbidden: frozenset[str]
) -> tuple[str | None, tuple[RuleAction, ...]]:
    """The first order that nobody forbids, and those that are not followed."""
    ordered = dict.fromkeys(str(value) for value in values.get(kind, ()))
    first = next((value for value in ordered if value not in forbidden), None)
    return first, tuple(RuleAction(kind, value) for value in ordered if value != first)
