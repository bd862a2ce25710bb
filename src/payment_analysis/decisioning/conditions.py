"""A condition as a tree, and the tree written as text again: what is printed reads as the same tree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from payment_analysis.decisioning.fields import DecisionField, Kind
from payment_analysis.domain.money import major

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Literal:
    """A value in the unit of its field; an amount of money is in minor units of `currency`."""

    value: Value
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Always:
    """TRUE or FALSE, whatever the payment."""

    holds: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """A field that is true or false."""

    field: DecisionField


@dataclass(frozen=True, slots=True)
class Compare:
    """A field beside a value, or beside another field of its kind."""

    field: DecisionField
    operator: str  # = <> < <= > >=
    right: Literal | DecisionField


@dataclass(frozen=True, slots=True)
class Among:
    """The field is one of several values."""

    field: DecisionField
    values: tuple[Literal, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """The field lies between two values, both included."""

    field: DecisionField
    low: Literal
    high: Literal
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Like:
    """The word has this form: % is any characters, _ is one."""

    field: DecisionField
    pattern: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsNull:
    """Nobody knows the field."""

    field: DecisionField
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class And:
    """Two parts or more, none of them itself an And."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two parts or more, none of them itself an Or."""

    parts: tuple[Condition, ...]


Atom = Always | Flag | Compare | Among | Between | Like | IsNull
Condition = Atom | Not | And | Or


def joined(kind: type[And | Or], parts: list[Condition]) -> Condition:
    """The parts under one node; parts of its own kind are taken apart."""
    flat: list[Condition] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) and isinstance(part, And | Or) else [part]
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def fields_in(condition: Condition) -> Iterator[DecisionField]:
    """Every field the condition reads, as often as it does."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from fields_in(part)
        case Not(part):
            yield from fields_in(part)
        case Compare(field, _, right):
            yield field
            if isinstance(right, DecisionField):
                yield right
        case Flag(field) | Among(field) | Between(field) | Like(field) | IsNull(field):
            yield field
        case Always():
            return


_BINDS: Final[dict[type[Condition], int]] = {Or: 0, And: 1, Not: 2}  # an atom binds tighter than all


def printed(condition: Condition) -> str:
    """The condition in our own spelling, on one line, with no parentheses that say nothing."""
    return _printed(condition, 0)


def _printed(condition: Condition, outer: int) -> str:
    text = _words(condition)
    return f"({text})" if _BINDS.get(type(condition), 3) < outer else text


def _words(condition: Condition) -> str:
    match condition:
        case Or(parts):
            return " OR ".join(_printed(part, 1) for part in parts)
        case And(parts):
            return " AND ".join(_printed(part, 2) for part in parts)
        case Not(part):
            return f"NOT {_printed(part, 2)}"
        case _:
            return _atom(condition)


def _atom(atom: Atom) -> str:
    match atom:
        case Always(holds):
            text = "TRUE" if holds else "FALSE"
        case Flag(field):
            text = field.name
        case Compare(field, operator, right):
            other = right.name if isinstance(right, DecisionField) else written(right, field)
            text = f"{field.name} {operator} {other}"
        case Among(field, values, negated):
            listed = ", ".join(written(value, field) for value in values)
            text = f"{field.name} {'NOT ' * negated}IN ({listed})"
        case Between(field, low, high, negated):
            text = f"{field.name} {'NOT ' * negated}BETWEEN {written(low, field)} AND {written(high, field)}"
        case Like(field, pattern, negated):
            text = f"{field.name} {'NOT ' * negated}LIKE {_quoted(pattern)}"
        case IsNull(field, negated):
            text = f"{field.name} IS {'NOT ' * negated}NULL"
    return text


_SECONDS_OF: Final = (("days", 86_400), ("h", 3_600), ("min", 60))


def written(literal: Literal, field: DecisionField) -> str:
    """The value as a rule writes it, with its unit."""
    if literal.currency:
        assert isinstance(literal.value, int)
        return f"{major(literal.value, literal.currency)} {literal.currency}"
    if isinstance(literal.value, str):
        return _quoted(literal.value)
    if field.kind is Kind.SECONDS:
        assert isinstance(literal.value, int)
        for unit, seconds in _SECONDS_OF:
            if literal.value and literal.value % seconds == 0:
                return f"{literal.value // seconds} {unit}"
        return f"{literal.value} s"
    return format(Decimal(str(literal.value)), "f")


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
