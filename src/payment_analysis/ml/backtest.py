"""What a rule would have changed in the last months, with intervals, and a refusal to tell where the log cannot.

A choice is judged by post-stratification: in each stratum the attempts that went the rule's way stand for those that
did not. It equals self-normalised inverse propensity weighting with the propensities of the strata. The interval is for
chance alone; what the logging policy knew and the strata do not hold may bias it. Attempts taken away are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import sqrt
from typing import TYPE_CHECKING, Any, Final, Protocol

from payment_analysis.decisioning.condition_sql import condition_sql, not_stored
from payment_analysis.ml.backtest_sql import REPLAYS, STRATA, choice_sql, met_sql, removal_sql
from payment_analysis.ml.off_policy import ESS_MIN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from payment_analysis.decisioning.actions import RuleAction
    from payment_analysis.decisioning.fields import Decision
    from payment_analysis.decisioning.rules import CompiledRule

DAYS: Final = 90
Z: Final = 1.96  # 95 %, two-sided
TOLD_MIN: Final = 100  # effective attempts that went the rule's way; fewer tell nothing
SUPPORT_MIN: Final = 0.8  # of the attempts the rule changes; what lies outside is not told


class Rows(Protocol):
    """The lakehouse, as far as a backtest needs it."""

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]: ...


class Trust(StrEnum):
    """How far the log can tell."""

    GOOD = "good"
    WEAK = "weak"  # an interval that is honest and decides nothing
    ABSTAINS = "abstains"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in a total over the window, with its 95 % interval; above zero is more of it."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, variance: float) -> Change:
        half = Z * sqrt(max(variance, 0.0))
        return cls(value, value - half, value + half)

    @classmethod
    def less(cls, total: float | None, squares: float | None) -> Change:
        """A total that falls away: never more than nothing is gained by leaving it out."""
        given = cls.of(-(total or 0.0), squares or 0.0)
        return cls(given.value, given.low, min(given.high, 0.0))


@dataclass(frozen=True, slots=True)
class Day:
    """What the rule meets on one day."""

    day: date
    attempts: int
    approved: int
    answered: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What would have been different; money in the reporting currency."""

    approvals: Change
    value: Change
    frauds: Change
    fraud_value: Change
    scheme_fees: Change


@dataclass(frozen=True, slots=True)
class Backtest:
    """A rule over stored attempts."""

    since: datetime
    until: datetime
    attempts: int  # it fires for
    payments: int
    value: float  # asked for in these, reporting currency
    changed: int  # attempts that would have gone another way, or not have been made
    trust: Trust
    support: float | None  # share of the changed ones that the log can tell about
    effective_attempts: float | None
    effect: Effect | None
    told: tuple[str, ...]  # what the replay can and cannot say
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What is replayed."""

    decision: Decision
    condition: CompiledRule
    action: RuleAction


def backtest(lakehouse: Rows, rule: Told, until: datetime, days: int = DAYS) -> Backtest:
    """Replay a rule over the attempts of the days before `until`; raises `BadRule` when it reads what is not stored."""
    since = until - timedelta(days=days)
    asked = condition_sql(rule.condition.tree)
    given = {**asked.parameters, "since": since, "until": until, "told": rule.action.value}
    met = lakehouse.rows(met_sql(rule.decision, asked.text), given)
    replay = REPLAYS[rule.action.kind]
    if replay.way == "choice":
        judged = _choice(lakehouse.rows(choice_sql(rule.decision, rule.action, asked.text), given), rule.decision)
    elif replay.way == "removal":
        (removed,) = lakehouse.rows(removal_sql(rule.action, asked.text, rule.decision), given)
        judged = _removal(removed)
    else:
        judged = _Judged(0, Trust.ABSTAINS, None, None, None, (f"No effect is told: {replay.why_not}.",))
    return Backtest(
        since=since,
        until=until,
        attempts=sum(row["attempts"] for row in met),
        payments=sum(row["payments"] for row in met),
        value=sum(row["value"] or 0.0 for row in met),
        changed=judged.changed,
        trust=judged.trust,
        support=judged.support,
        effective_attempts=judged.effective,
        effect=judged.effect,
        told=judged.told,
        days=tuple(Day(row["day"], row["attempts"], row["approved"], row["answered"]) for row in met),
    )


def can_be_replayed(condition: CompiledRule) -> bool:
    """Whether stored attempts carry everything it reads."""
    return not not_stored(condition.tree)


@dataclass(frozen=True, slots=True)
class _Judged:
    changed: int
    trust: Trust
    support: float | None
    effective: float | None
    effect: Effect | None
    told: tuple[str, ...]


_NOTHING: Final = Change(0.0, 0.0, 0.0)
_SECOND_ORDER: Final = "Later attempts of these payments are taken as they were, so the networks' retry fees stay."
_CONFOUNDING: Final = (
    "The interval is for chance alone: the log did not choose at random, "
    "and what its policy knew beyond {} may bias the figures."
)
_BEHAVIOUR: Final = (
    "The attempts taken away are known, so nothing is estimated; a shopper who would have come back another way is not "
    "counted. The interval is for how much another such period would differ by chance."
)


def _removal(row: Mapping[str, Any]) -> _Judged:
    attempts = int(row["attempts"])
    if not attempts:
        return _Judged(0, Trust.GOOD, None, None, _effect_of_nothing(), ("No later attempt would have been left out.",))
    effect = Effect(
        approvals=Change.less(row["approved"], row["approved"]),
        value=Change.less(row["value"], row["value_squares"]),
        frauds=Change.less(row["frauds"], row["frauds"]),
        fraud_value=Change.less(row["fraud_value"], row["fraud_value_squares"]),
        scheme_fees=Change.less(row["scheme_fees"], row["scheme_fee_squares"]),
    )
    return _Judged(attempts, Trust.GOOD, 1.0, float(attempts), effect, (_BEHAVIOUR,))


def _effect_of_nothing() -> Effect:
    return Effect(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING)


@dataclass(slots=True)
class _Stratum:
    told: Mapping[str, Any] | None = None
    other: Mapping[str, Any] | None = None


def _choice(rows: Sequence[Mapping[str, Any]], decision: Decision) -> _Judged:
    strata: dict[tuple[Any, ...], _Stratum] = {}
    for row in rows:
        key = tuple(row[f"s{place}"] for place in range(len(STRATA[decision])))
        stratum = strata.setdefault(key, _Stratum())
        if row["is_told"]:
            stratum.told = row
        else:
            stratum.other = row
    changed = sum(int(one.other["attempts"]) for one in strata.values() if one.other is not None)
    if not changed:
        words = "Every attempt the rule fires for went this way already."
        return _Judged(0, Trust.GOOD, None, None, _effect_of_nothing(), (words,))
    pairs = [(one.told, one.other) for one in strata.values() if one.told is not None and one.other is not None]
    supported = sum(int(other["attempts"]) for _, other in pairs)
    weights = sum(int(other["attempts"]) ** 2 / int(told["attempts"]) for told, other in pairs)
    effective = supported**2 / weights if weights else 0.0
    support = supported / changed
    if support < SUPPORT_MIN or effective < TOLD_MIN:
        return _Judged(changed, Trust.ABSTAINS, support, effective, None, (_too_little(support, effective),))
    told = [_CONFOUNDING.format(", ".join(STRATA[decision])), _SECOND_ORDER]
    if support < 1:
        told.insert(0, f"{1 - support:.1%} of the changed attempts have nothing to compare with and are left out.")
    trust = Trust.GOOD if effective >= ESS_MIN else Trust.WEAK
    return _Judged(changed, trust, support, effective, _effect(pairs), tuple(told))


def _too_little(support: float, effective: float) -> str:
    return (
        f"The log cannot tell: {support:.0%} of the changed attempts have alike ones that went the rule's way "
        f"({SUPPORT_MIN:.0%} are needed), and these weigh as much as {effective:.0f} attempts ({TOLD_MIN} are needed). "
        "An experiment would tell."
    )


Pairs = list[tuple["Mapping[str, Any]", "Mapping[str, Any]"]]


def _effect(pairs: Pairs) -> Effect:
    return Effect(
        approvals=_difference(pairs, "approved", "approved"),
        value=_difference(pairs, "value", "value_squares"),
        frauds=_difference(pairs, "frauds", "frauds"),
        fraud_value=_difference(pairs, "fraud_value", "fraud_value_squares"),
        scheme_fees=_NOTHING,
    )


def _difference(pairs: Pairs, total: str, squares: str) -> Change:
    """What the others would have brought at the mean of those that went the rule's way, less what they brought.

    The variance of one attempt is pooled over all strata of a side: a stratum of two attempts knows none.
    """
    spread_told, spread_other = (_spread([pair[side] for pair in pairs], total, squares) for side in (0, 1))
    value = variance = 0.0
    for told, other in pairs:
        many, few = float(other["attempts"]), float(told["attempts"])
        value += many * float(told[total] or 0.0) / few - float(other[total] or 0.0)
        variance += many**2 / few * spread_told + many * spread_other
    return Change.of(value, variance)


def _spread(rows: list[Mapping[str, Any]], total: str, squares: str) -> float:
    attempts = sum(int(row["attempts"]) for row in rows)
    mean = sum(float(row[total] or 0.0) for row in rows) / attempts
    return max(sum(float(row[squares] or 0.0) for row in rows) / attempts - mean**2, 0.0)
