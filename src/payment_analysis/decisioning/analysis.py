"""What is wrong with a set of rules before any payment meets them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from payment_analysis.decisioning.actions import ActionKind
from payment_analysis.decisioning.regions import both, boxes_of, contains

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from payment_analysis.decisioning.actions import RuleAction
    from payment_analysis.decisioning.regions import Box
    from payment_analysis.decisioning.rules import Rule


class FindingKind(StrEnum):
    """What may be wrong."""

    NEVER = "never"  # no payment can fulfil it
    ALWAYS = "always"  # every payment fulfils it
    REDUNDANT = "redundant"  # a rule asked before it says the same wherever it holds
    SHADOWED = "shadowed"  # wherever it holds, another rule keeps it from being followed
    CONFLICT = "conflict"  # for some payments it cannot be followed together with another rule
    MIXED_CURRENCIES = "mixed_currencies"  # minor units of whatever currency
    TOO_LARGE = "too_large"  # more alternatives than can be compared


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, in words; `other_id` is the rule it has to do with."""

    kind: FindingKind
    rule_id: str
    words: str
    other_id: str | None = None


_K: Final = ActionKind
_ONE_OF: Final = frozenset({_K.FORCE_PATH, _K.FORCE_ROUTE, _K.REQUEST_EXEMPTION})  # one value is followed
_FORBIDS: Final = {_K.FORBID_PATH: _K.FORCE_PATH, _K.FORBID_ROUTE: _K.FORCE_ROUTE}
_MOOT_WITHOUT_RETRY: Final = frozenset({_K.RETRY_AFTER, _K.FORCE_ROUTE, _K.FORBID_ROUTE, _K.CAP_ATTEMPTS})


def keeps_from(first: RuleAction, second: RuleAction) -> bool:
    """Whether the first action, asked before the second or prohibiting it, keeps that from being followed."""
    if first.kind in _FORBIDS:
        return second.kind is _FORBIDS[first.kind] and first.value == second.value
    if first.kind is _K.FORBID_EXEMPTION:
        return second.kind is _K.REQUEST_EXEMPTION
    if first.kind is _K.DO_NOT_RETRY:
        return second.kind in _MOOT_WITHOUT_RETRY
    return first.kind in _ONE_OF and first.kind is second.kind and first.value != second.value


def is_prohibition(action: RuleAction) -> bool:
    """Whether it holds whatever the priorities."""
    return action.kind not in _ONE_OF


def analyse(rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """Everything found in these rules, which come in the order in which they are asked."""
    regions = {rule.rule_id: boxes_of(rule.condition.tree) for rule in rules}
    found = [finding for rule in rules for finding in _alone(rule, regions[rule.rule_id])]
    for place, second in enumerate(rules):
        for first in rules[:place]:
            if first.decision is second.decision:
                found += _together(first, second, regions[first.rule_id], regions[second.rule_id])
    return tuple(found)


def _alone(rule: Rule, boxes: list[Box] | None) -> Iterator[Finding]:
    if boxes is None:
        words = f"{rule.name} has more alternatives than can be compared with other rules"
        yield Finding(FindingKind.TOO_LARGE, rule.rule_id, words)
    elif not boxes:
        yield Finding(FindingKind.NEVER, rule.rule_id, f"no payment can fulfil {rule.name}")
    elif {} in boxes:
        yield Finding(FindingKind.ALWAYS, rule.rule_id, f"every {rule.decision} fulfils {rule.name}")
    if "amount_minor" in rule.condition.reads and "currency" not in rule.condition.reads:
        words = (
            f"{rule.name} compares minor units of every currency alike; write amount >= 500 BRL, or name the currency"
        )
        yield Finding(FindingKind.MIXED_CURRENCIES, rule.rule_id, words)


def _together(first: Rule, second: Rule, ours: list[Box] | None, theirs: list[Box] | None) -> Iterator[Finding]:
    """What the second rule, asked after the first, has to do with it."""
    if not ours or not theirs:
        return
    covered = all(any(contains(outer, inner) for outer in ours) for inner in theirs)
    if covered and first.action == second.action:
        words = f"wherever {second.name} holds, {first.name} has said the same before"
        yield Finding(FindingKind.REDUNDANT, second.rule_id, words, first.rule_id)
    elif covered and keeps_from(first.action, second.action):
        words = f"wherever {second.name} holds, {first.name} keeps it from being followed ({first.action.words})"
        yield Finding(FindingKind.SHADOWED, second.rule_id, words, first.rule_id)
    elif _meet(ours, theirs) and _cannot_both(first.action, second.action):
        words = f"{first.name} and {second.name} can meet, and say {first.action.words} and {second.action.words}"
        yield Finding(FindingKind.CONFLICT, second.rule_id, words, first.rule_id)


def _meet(ours: list[Box], theirs: list[Box]) -> bool:
    return any(both(box, other) is not None for box in ours for other in theirs)


def _cannot_both(first: RuleAction, second: RuleAction) -> bool:
    """Contradictory in either order: a prohibition holds whichever is asked first."""
    return keeps_from(first, second) or (is_prohibition(second) and keeps_from(second, first))
