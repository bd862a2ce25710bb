"""A condition as SQL over the rows of silver, in Databricks' dialect, with the same three values.

Values are bound by name (`:rule_0`), never written into the text. What history does not store cannot be asked of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from payment_analysis.decisioning.conditions import (
    Always,
    Among,
    And,
    Between,
    Compare,
    Flag,
    IsNull,
    Like,
    Literal,
    Not,
    Or,
    fields_in,
)
from payment_analysis.decisioning.fields import DecisionField, Kind
from payment_analysis.domain.errors import BadRule

if TYPE_CHECKING:
    from payment_analysis.decisioning.conditions import Condition, Value

# Decimals of silver and numbers of a condition meet as doubles, as they do in the decision.
_AS_DOUBLE: Final = frozenset({Kind.RATIO, Kind.REAL})


@dataclass(slots=True)
class ConditionSql:
    """The text of one boolean expression, and the values bound into it."""

    text: str = ""
    parameters: dict[str, Value] = field(default_factory=dict)


def not_stored(condition: Condition) -> list[str]:
    """The fields of a condition that no stored attempt carries: scores and streaming features of the moment."""
    return list(dict.fromkeys(one.name for one in fields_in(condition) if one.stored_as is None))


def condition_sql(condition: Condition, prefix: str = "rule") -> ConditionSql:
    """The condition over columns of payments_enriched_silver; raises `BadRule` when it reads what is not stored."""
    missing = not_stored(condition)
    if missing:
        raise BadRule(
            f"{', '.join(missing)} is known only in the moment of a decision and stored with no attempt",
            hint="such a rule cannot be replayed; let it run in shadow",
        )
    made = ConditionSql()
    made.text = _text(condition, made.parameters, prefix)
    return made


def _text(condition: Condition, bound: dict[str, Value], prefix: str) -> str:
    match condition:
        case And(parts):
            text = " and ".join(f"({_text(part, bound, prefix)})" for part in parts)
        case Or(parts):
            text = " or ".join(f"({_text(part, bound, prefix)})" for part in parts)
        case Not(part):
            text = f"not ({_text(part, bound, prefix)})"
        case Always(holds):
            text = "true" if holds else "false"
        case Flag(field):
            text = _column(field)
        case Compare(field, operator, DecisionField() as other):
            text = f"{_column(field)} {operator} {_column(other)}"
        case Compare(field, operator, Literal() as literal):
            text = _beside(field, operator, literal, bound, prefix)
        case Among(field, values, negated):
            text = _negated(negated, _among(field, values, bound, prefix))
        case Between(field, low, high, negated):
            both = ((">=", low), ("<=", high))
            text = " and ".join(_beside(field, operator, value, bound, prefix) for operator, value in both)
            text = _negated(negated, text)
        case Like(field, pattern, negated):
            text = _negated(negated, f"{_column(field)} like {_bind(pattern, bound, prefix)}")
        case IsNull(field, negated):
            text = f"{_column(field)} is {'not ' * negated}null"
    return text


def _negated(negated: bool, text: str) -> str:
    return f"not ({text})" if negated else text


def _column(field: DecisionField) -> str:
    name = "amount_minor" if field.kind is Kind.MONEY else str(field.stored_as)
    return f"cast({name} as double)" if field.kind in _AS_DOUBLE else name


def _bind(value: Value, bound: dict[str, Value], prefix: str) -> str:
    name = f"{prefix}_{len(bound)}"
    bound[name] = value
    return f":{name}"


def _value(field: DecisionField, literal: Literal, bound: dict[str, Value], prefix: str) -> str:
    place = _bind(literal.value, bound, prefix)
    return f"cast({place} as double)" if field.kind in _AS_DOUBLE else place


def _beside(field: DecisionField, operator: str, literal: Literal, bound: dict[str, Value], prefix: str) -> str:
    text = f"{_column(field)} {operator} {_value(field, literal, bound, prefix)}"
    if not literal.currency:
        return text
    return f"case when currency = {_bind(literal.currency, bound, prefix)} then {text} end"


def _among(field: DecisionField, values: tuple[Literal, ...], bound: dict[str, Value], prefix: str) -> str:
    if field.kind is Kind.MONEY:
        return " or ".join(f"({_beside(field, '=', value, bound, prefix)})" for value in values)
    listed = ", ".join(_value(field, value, bound, prefix) for value in values)
    return f"{_column(field)} in ({listed})"
