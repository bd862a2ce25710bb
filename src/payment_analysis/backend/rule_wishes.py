"""The active rules as decisions ask them: facts by the declared names in, wishes of the rules that fire out."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.decisioning.actions import ActionKind, Exemption
from payment_analysis.decisioning.context import Context
from payment_analysis.decisioning.fields import NAMES, Decision
from payment_analysis.decisioning.option import Wish
from payment_analysis.decisioning.retry_case import decline_of
from payment_analysis.decisioning.rules import evaluate, in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from payment_analysis.decisioning.actions import RuleAction
    from payment_analysis.decisioning.rules import Rule, RuleHit

EXEMPTION: Final = "exemption_"  # before the name of an exemption, in the words of the paths
ALL_EXEMPTIONS: Final = frozenset(EXEMPTION + one for one in Exemption)
CONTEXT_NAMES: Final = {  # where a field is called otherwise than the fact
    "network": "card_network",
    "risk_score": "fraud_score",
    "supports_passkey": "has_passkey",
    "amount_value": "reporting_amount",
    "previous_route": "psp",
    "previous_decline_code": "decline_code_raw",
    "previous_advice_code": "merchant_advice_code",
}
_RETRY_ONLY: Final = frozenset({"psp", "decline_code_raw", "merchant_advice_code"})
# By kind (of a retry or not): how each fact of a context is called, None for what no rule may read.
_FACTS: Final = {
    is_retry: tuple(
        name if name in NAMES and (is_retry or name not in _RETRY_ONLY) else None
        for name in (CONTEXT_NAMES.get(field, field) for field in Context._fields)
    )
    for is_retry in (False, True)
}


class CompiledRules:
    """Rules, compiled, in order; the version says which."""

    def __init__(self, rules: Sequence[Rule], version: str) -> None:
        self.version = version
        self._rules = {kind: in_order(rules, kind) for kind in Decision}

    def wishes(self, kind: Decision, context: Context, features: Mapping[str, Any]) -> tuple[Wish, ...]:
        """What the rules that fire ask for; those in the shadow are told and ask for nothing."""
        rules = self._rules[kind]
        if not rules:
            return ()
        return tuple(wish_of(hit) for hit in evaluate(rules, facts_of(kind, context, features)))


NO_RULES: Final = CompiledRules((), "none")


def rules_version(rules: Sequence[Rule]) -> str:
    """A word for these rules: another one when a rule comes, goes, changes or steps out of the shadow."""
    if not rules:
        return NO_RULES.version
    told = sorted(f"{rule.rule_id}:{rule.version}:{rule.status}:{rule.priority}" for rule in rules)
    return sha256("\n".join(told).encode()).hexdigest()[:12]


def facts_of(kind: Decision, context: Context, features: Mapping[str, Any]) -> dict[str, object]:
    """The facts by their declared names; what nobody gave is missing."""
    facts: dict[str, object] = {
        name: value
        for name, value in zip(_FACTS[kind is Decision.RETRY], context, strict=True)
        if value is not None and name is not None
    }
    facts |= {name: value for name, value in features.items() if name in NAMES}
    made = context.attempts_made
    facts["attempt_number"], facts["is_retry"], facts["retry_count"] = max(made, 1), made > 1, max(made - 1, 0)
    facts["event_hour"], facts["event_day_of_week"] = context.at.hour, context.at.isoweekday() % 7 + 1
    if context.issuer_country and context.merchant_country:
        facts["is_cross_border"] = context.issuer_country != context.merchant_country
    if kind is Decision.RETRY:
        decline = decline_of(context)
        facts |= {
            "decline_reason": str(decline.reason),
            "decline_reason_standard": str(decline.standard),
            "decline_reason_group": str(decline.group),
            "decline_fault": str(decline.fault),
            "is_retryable": decline.retryable,
        }
    return facts


def wish_of(hit: RuleHit) -> Wish:
    """One rule's action in the words of the policies."""
    wish = Wish(hit.rule_id, hit.name, str(hit.version), hit.reason)
    if not hit.counts:
        return wish
    return with_action(wish, hit.action)


def with_action(wish: Wish, action: RuleAction) -> Wish:
    """The wish, asking for what the action says."""
    return wish._replace(**_MEANINGS[action.kind](action.value))


def _named(value: str | int | None) -> frozenset[str]:
    return frozenset({str(value)})


_MEANINGS: Final[Mapping[ActionKind, Callable[[str | int | None], dict[str, Any]]]] = {
    ActionKind.FORCE_PATH: lambda path: {"require": _named(path)},
    ActionKind.FORBID_PATH: lambda path: {"forbid": _named(path)},
    ActionKind.REQUEST_EXEMPTION: lambda which: {"require": _named(f"{EXEMPTION}{which}")},
    ActionKind.FORBID_EXEMPTION: lambda _: {"forbid": ALL_EXEMPTIONS},
    ActionKind.FORCE_ROUTE: lambda route: {"require": _named(route)},
    ActionKind.FORBID_ROUTE: lambda route: {"forbid": _named(route)},
    ActionKind.NO_CASCADE: lambda _: {"no_cascade": True},
    ActionKind.NO_EXPLORATION: lambda _: {"no_exploration": True},
    ActionKind.DO_NOT_RETRY: lambda _: {"stop": True},
    ActionKind.RETRY_AFTER: lambda seconds: {"wait_seconds_min": int(seconds or 0)},
    ActionKind.CAP_ATTEMPTS: lambda most: {"attempts_max": int(most or 0)},
}
assert set(_MEANINGS) == set(ActionKind)
