"""A condition as a function of facts, in the three values of SQL: true, false, and None for unknown.

A comparison with a null is unknown. NOT unknown is unknown; AND is false as soon as one part is, OR true as soon as one
part is. A rule fires only on true: what nobody knows never fires one.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.decisioning.conditions import (
    Always,
    Among,
    And,
    Between,
    Compare,
    Flag,
    IsNull,
    Like,
    Not,
    Or,
)
from payment_analysis.decisioning.fields import DecisionField, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from payment_analysis.decisioning.conditions import Condition, Literal

    Facts = Mapping[str, object]
    Truth = bool | None
    Test = Callable[[Facts], Truth]

_COMPARES: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compiled(condition: Condition) -> Test:
    """The condition as one closure; a microsecond for three comparisons."""
    match condition:
        case And(parts):
            test = _all(tuple(compiled(part) for part in parts))
        case Or(parts):
            test = _any(tuple(compiled(part) for part in parts))
        case Not(part):
            test = _not(compiled(part))
        case Always(holds):
            test = _always(holds)
        case Flag(field):
            test = _flag(field.name)
        case Compare(field, sign, right):
            test = _compare(field, sign, right)
        case Among(field, values, negated):
            test = _negated(negated, _among(field, values))
        case Between(field, low, high, negated):
            test = _negated(negated, _all((_beside(field, ">=", low), _beside(field, "<=", high))))
        case Like(field, pattern, negated):
            test = _negated(negated, _like(field.name, pattern))
        case IsNull(field, negated):
            test = _is_null(field, negated)
    return test


def _always(holds: bool) -> Test:
    return lambda _: holds


def _all(parts: tuple[Test, ...]) -> Test:
    def test(facts: Facts) -> Truth:
        answer: Truth = True
        for part in parts:
            truth = part(facts)
            if truth is False:
                return False
            if truth is None:
                answer = None
        return answer

    return test


def _any(parts: tuple[Test, ...]) -> Test:
    def test(facts: Facts) -> Truth:
        answer: Truth = False
        for part in parts:
            truth = part(facts)
            if truth:
                return True
            if truth is None:
                answer = None
        return answer

    return test


def _not(part: Test) -> Test:
    def test(facts: Facts) -> Truth:
        truth = part(facts)
        return None if truth is None else not truth

    return test


def _negated(negated: bool, part: Test) -> Test:
    return _not(part) if negated else part


def _flag(name: str) -> Test:
    def test(facts: Facts) -> Truth:
        fact = facts.get(name)
        return None if fact is None else bool(fact)

    return test


def _compare(field: DecisionField, sign: str, right: Literal | DecisionField) -> Test:
    if not isinstance(right, DecisionField):
        return _beside(field, sign, right)
    compare, name, other = _COMPARES[sign], field.name, right.name

    def test(facts: Facts) -> Truth:
        mine, theirs = facts.get(name), facts.get(other)
        return None if mine is None or theirs is None else compare(mine, theirs)

    return test


def _beside(field: DecisionField, sign: str, literal: Literal) -> Test:
    compare, value = _COMPARES[sign], literal.value
    name = "amount_minor" if field.kind is Kind.MONEY else field.name

    def test(facts: Facts) -> Truth:
        fact = facts.get(name)
        return None if fact is None else compare(fact, value)

    return _in_currency(literal.currency, test) if literal.currency else test


def _in_currency(currency: str, part: Test) -> Test:
    def test(facts: Facts) -> Truth:
        return part(facts) if facts.get("currency") == currency else None

    return test


def _among(field: DecisionField, literals: tuple[Literal, ...]) -> Test:
    if field.kind is Kind.MONEY:
        return _any(tuple(_beside(field, "=", literal) for literal in literals))
    name, values = field.name, frozenset(literal.value for literal in literals)

    def test(facts: Facts) -> Truth:
        fact = facts.get(name)
        return None if fact is None else fact in values

    return test


def _like(name: str, pattern: str) -> Test:
    pieces = {"%": ".*", "_": "."}
    matches = re.compile("".join(pieces.get(one) or re.escape(one) for one in pattern), re.DOTALL).fullmatch

    def test(facts: Facts) -> Truth:
        fact = facts.get(name)
        return None if fact is None else matches(str(fact)) is not None

    return test


def _is_null(field: DecisionField, negated: bool) -> Test:
    name = "amount_minor" if field.kind is Kind.MONEY else field.name
    return lambda facts: (facts.get(name) is None) is not negated
