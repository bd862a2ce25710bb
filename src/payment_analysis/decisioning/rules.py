"""Rules: a condition people wrote, what is to happen where it holds, and which of them fire for a payment.

`in_order` once when rules are loaded, `evaluate` for every decision, then `directives(hit.action for hit in hits if
hit.counts)`: what the policy must do. Shadow rules are among the hits, so that they are written down, and do not count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from payment_analysis.decisioning.conditions import fields_in, printed
from payment_analysis.decisioning.evaluation import compiled
from payment_analysis.decisioning.reading import read_condition
from payment_analysis.domain.trials import RuleStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from payment_analysis.decisioning.actions import RuleAction
    from payment_analysis.decisioning.conditions import Condition
    from payment_analysis.decisioning.evaluation import Test
    from payment_analysis.decisioning.fields import Decision

ASKED: Final = frozenset({RuleStatus.SHADOW, RuleStatus.ACTIVE})


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A condition that was read: its text, its tree, and the function that tells whether it holds (None: unknown)."""

    text: str
    tree: Condition
    holds: Test = field(repr=False, compare=False)

    @property
    def canonical(self) -> str:
        """The condition in our own spelling."""
        return printed(self.tree)

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the fields it reads, each once."""
        return tuple(dict.fromkeys(one.name for one in fields_in(self.tree)))


def compile_rule(text: str | None, decision: Decision | None = None) -> CompiledRule:
    """Read a condition; an empty one always holds. Raises `BadRule` with the character and the fix.

    `decision` limits the fields to what is known when that is decided.
    """
    given = (text or "").strip()
    tree = read_condition(text if given and text else "TRUE", decision)
    return CompiledRule(given, tree, compiled(tree))


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that fired: which version of it, and what it tells the policy."""

    rule_id: str
    version: int
    name: str
    action: RuleAction
    priority: int
    is_shadow: bool

    @property
    def counts(self) -> bool:
        """Whether the policy has to follow it."""
        return not self.is_shadow

    @property
    def reason(self) -> str:
        """Why, in words."""
        says = "would say" if self.is_shadow else "says"
        return f"rule {self.name} (version {self.version}) {says}: {self.action.words}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule; the lower the priority, the earlier it is asked."""

    rule_id: str
    version: int
    name: str
    decision: Decision
    condition: CompiledRule
    action: RuleAction
    priority: int = 100
    status: RuleStatus = RuleStatus.ACTIVE
    hit: RuleHit = field(init=False, repr=False, compare=False)  # made once: a decision only hands it on

    def __post_init__(self) -> None:
        is_shadow = self.status is RuleStatus.SHADOW
        hit = RuleHit(self.rule_id, self.version, self.name, self.action, self.priority, is_shadow)
        object.__setattr__(self, "hit", hit)


def in_order(rules: Iterable[Rule], decision: Decision) -> tuple[Rule, ...]:
    """The rules that are asked for this decision, in the order in which they are."""
    asked = (rule for rule in rules if rule.decision is decision and rule.status in ASKED)
    return tuple(sorted(asked, key=lambda rule: (rule.priority, rule.rule_id)))


def evaluate(rules: Sequence[Rule], facts: Mapping[str, object]) -> tuple[RuleHit, ...]:
    """The rules that fire for these facts, in the order given (see `in_order`)."""
    return tuple([rule.hit for rule in rules if rule.condition.holds(facts)])
