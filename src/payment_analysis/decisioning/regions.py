"""Where a condition is true, as a union of boxes: what each field may be there. Boxes are intersected and compared.

Exact for comparisons with values. A comparison of two fields and LIKE are taken as they stand: equal text is the same,
different text may overlap. A containment that needs two boxes together is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from types import MappingProxyType
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
    printed,
)
from payment_analysis.decisioning.fields import NAMES, DecisionField, Kind

if TYPE_CHECKING:
    from payment_analysis.decisioning.conditions import Atom, Condition, Value

BOXES_MAX: Final = 512  # more alternatives than a person can have meant
_WHOLE: Final = frozenset({Kind.COUNT, Kind.MINOR, Kind.MONEY, Kind.SECONDS})
_OPPOSITE: Final = MappingProxyType({"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"})


@dataclass(frozen=True, slots=True)
class Span:
    """The values one field may have: null alone, or some values that are not null."""

    is_null: bool = False
    only: frozenset[Value] | None = None
    never: frozenset[Value] = frozenset()
    low: float = -inf
    low_open: bool = False
    high: float = inf
    high_open: bool = False

    def meets(self, other: Span) -> Span | None:
        """What both allow; None when that is nothing."""
        if self.is_null or other.is_null:
            return self if self.is_null and other.is_null else None
        only = other.only if self.only is None else self.only if other.only is None else self.only & other.only
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        met = Span(
            only=only, never=self.never | other.never, low=low, low_open=low_open, high=high, high_open=not high_closed
        )
        return None if met.is_empty else met

    @property
    def is_empty(self) -> bool:
        if self.only is not None:
            return not any(self.allows(value) for value in self.only)
        return self.low > self.high or (
            self.low == self.high and (self.low_open or self.high_open or self.low in self.never)
        )

    def allows(self, value: Value) -> bool:
        """Whether the field may have this value."""
        if self.is_null or value in self.never or (self.only is not None and value not in self.only):
            return False
        if isinstance(value, str | bool):
            return True
        above = value > self.low or (value == self.low and not self.low_open)
        return above and (value < self.high or (value == self.high and not self.high_open))

    def within(self, other: Span) -> bool:
        """Whether `other` allows everything that this does."""
        if self.is_null or other.is_null:
            return self.is_null and other.is_null
        if self.only is not None:
            return all(other.allows(value) for value in self.only if self.allows(value))
        if other.only is not None or any(self.allows(value) for value in other.never):
            return False
        low = self.low > other.low or (self.low == other.low and (self.low_open or not other.low_open))
        return low and (self.high < other.high or (self.high == other.high and (self.high_open or not other.high_open)))


Box = dict[str, Span]  # a field that is not named may be anything, null as well


def boxes_of(condition: Condition) -> list[Box] | None:
    """Where it is true; None when that are more boxes than can be compared."""
    return _boxes(condition, wanted=True)


def _boxes(condition: Condition, *, wanted: bool) -> list[Box] | None:
    match condition:
        case Not(part):
            return _boxes(part, wanted=not wanted)
        case And(parts) | Or(parts):
            several = [_boxes(part, wanted=wanted) for part in parts]
            if isinstance(condition, And) == wanted:
                return _all(several)
            return _any(several)
        case _:
            return _atom(condition, wanted=wanted)


def _any(several: list[list[Box] | None]) -> list[Box] | None:
    boxes = [box for some in several if some is not None for box in some]
    return None if None in several or len(boxes) > BOXES_MAX else boxes


def _all(several: list[list[Box] | None]) -> list[Box] | None:
    reached: list[Box] = [{}]
    for some in several:
        if some is None or len(reached) * len(some) > BOXES_MAX:
            return None
        reached = [met for box in reached for other in some if (met := both(box, other)) is not None]
    return reached


def both(box: Box, other: Box) -> Box | None:
    """What lies in both boxes; None when nothing does."""
    met = dict(box)
    for name, span in other.items():
        shared = span if name not in met else met[name].meets(span)
        if shared is None:
            return None
        met[name] = shared
    return met


def contains(outer: Box, inner: Box) -> bool:
    """Whether everything of the inner box lies in the outer one."""
    return all(name in inner and inner[name].within(span) for name, span in outer.items())


def _atom(atom: Atom, *, wanted: bool) -> list[Box] | None:
    boxes: list[Box] | None
    match atom:
        case Always(holds):
            boxes = [{}] if holds == wanted else []
        case Flag(field):
            boxes = _somewhere(field, Span(only=frozenset({wanted})))
        case IsNull(field, negated):
            boxes = [{_key(field): Span(is_null=True) if negated != wanted else _known(field)}]
        case Compare(field, operator, Literal() as value):
            boxes = _beside(field, operator if wanted else _OPPOSITE[operator], value)
        case Among(field, values, negated):
            boxes = _among(field, values, wanted=negated != wanted)
        case Between(field, low, high, negated):
            boxes = _between(field, low, high, wanted=negated != wanted)
        case Like(field, pattern, negated):
            text = printed(Like(field, pattern))
            boxes = [{_key(field): _known(field), text: Span(only=frozenset({negated != wanted}))}]
        case _:
            boxes = [{printed(atom): Span(only=frozenset({wanted}))}]
    return boxes


def _among(field: DecisionField, values: tuple[Literal, ...], *, wanted: bool) -> list[Box] | None:
    if field.kind is Kind.MONEY:
        each = [_beside(field, "=" if wanted else "<>", value) for value in values]
        return _any(each) if wanted else _all(each)
    listed = frozenset(value.value for value in values)
    return _somewhere(field, Span(only=listed) if wanted else Span(never=listed))


def _between(field: DecisionField, low: Literal, high: Literal, *, wanted: bool) -> list[Box] | None:
    if wanted:
        return _all([_beside(field, ">=", low), _beside(field, "<=", high)])
    return _any([_beside(field, "<", low), _beside(field, ">", high)])


def _key(field: DecisionField) -> str:
    return "amount_minor" if field.kind is Kind.MONEY else field.name


def _known(field: DecisionField) -> Span:
    """Any value the field can have."""
    if field.kind is Kind.FLAG:
        return Span(only=frozenset({True, False}))
    if field.values:
        return Span(only=frozenset(field.values))
    low, high = field.minimum, field.maximum
    return Span(low=-inf if low is None else low, high=inf if high is None else high)


def _somewhere(field: DecisionField, span: Span) -> list[Box]:
    met = _known(field).meets(span)
    return [] if met is None else [{_key(field): met}]


def _beside(field: DecisionField, operator: str, literal: Literal) -> list[Box] | None:
    boxes = _somewhere(field, _span(field, operator, literal.value))
    if literal.currency and boxes:
        return _all([boxes, _somewhere(NAMES["currency"], Span(only=frozenset({literal.currency})))])
    return boxes


def _span(field: DecisionField, operator: str, value: Value) -> Span:
    if operator == "=":
        return Span(only=frozenset({value}))
    if operator == "<>":
        return Span(never=frozenset({value}))
    assert not isinstance(value, str), f"{field.name} has no order"
    step = 1 if field.kind in _WHOLE else 0  # above 5 is from 6 where only whole numbers are
    spans = {
        "<": Span(high=value - step, high_open=not step),
        "<=": Span(high=value),
        ">": Span(low=value + step, low_open=not step),
        ">=": Span(low=value),
    }
    return replace(spans[operator])
