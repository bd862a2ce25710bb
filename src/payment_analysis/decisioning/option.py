"""What every decision has in common: its options, each with what it would have brought, and the wishes of the rules."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Option(NamedTuple):
    """One action: whether it was on offer, why (not), and what it would have been worth in the reporting currency."""

    action: str
    is_eligible: bool
    why: str
    approval: float | None = None
    net_value: float | None = None
    terms: Mapping[str, float] = MappingProxyType({})


class RuleHit(NamedTuple):
    """A rule that matched, and what became of its wish."""

    rule_id: str
    name: str
    version: str
    effect: str
    followed: bool


class Wish(NamedTuple):
    """What one rule that matched asks for: actions required or forbidden, or a limit."""

    rule_id: str
    name: str
    version: str
    effect: str  # in words
    require: frozenset[str] = frozenset()
    forbid: frozenset[str] = frozenset()
    stop: bool = False
    wait_seconds_min: int | None = None
    attempts_max: int | None = None
    no_cascade: bool = False
    no_exploration: bool = False

    def hit(self, *, followed: bool) -> RuleHit:
        return RuleHit(self.rule_id, self.name, self.version, self.effect, followed)


NO_WISHES: Final[tuple[Wish, ...]] = ()


def wished(eligible: dict[str, str], wishes: tuple[Wish, ...]) -> tuple[dict[str, str], tuple[RuleHit, ...]]:
    """Let the rules, the strongest first, take away actions on offer; one that would leave none is passed over.

    `eligible` is action to why it is on offer. Rules choose among what is allowed and never add to it.
    """
    if not wishes:
        return eligible, ()
    left, hits = dict(eligible), dict[int, RuleHit]()
    for place in sorted(range(len(wishes)), key=lambda number: not wishes[number].forbid):  # prohibitions first
        wish = wishes[place]
        kept = {
            action: why
            for action, why in left.items()
            if action not in wish.forbid and (not wish.require or action in wish.require)
        }
        asks = bool(wish.require or wish.forbid)
        hits[place] = wish.hit(followed=bool(kept) if asks else wish.no_cascade or wish.no_exploration)
        left = kept or left
    return left, tuple(hits[place] for place in range(len(wishes)))
