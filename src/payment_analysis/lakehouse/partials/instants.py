"""Conditions on the instant: what the first and the last row of a day tell of all its rows.

A comparison of something that only grows with the instant holds for every row of a day when it holds for the row at one
end, and for any only when it holds for the row at the other. What else a condition may say (the hour of the day, a
remainder) says nothing of the rows between: such a day is looked at row by row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlglot import exp

from payment_analysis.lakehouse.partials.aggregates import unqualified
from payment_analysis.lakehouse.partials.bases import KEPT
from payment_analysis.lakehouse.partials.blocks import duckdb_text
from payment_analysis.lakehouse.partials.cubes import AT
from payment_analysis.lakehouse.partials.over import is_coarse
from payment_analysis.lakehouse.partials.relations import Test

if TYPE_CHECKING:
    from payment_analysis.lakehouse.partials.bases import Kept

FIRST, LAST, DAY = "first", "last", "day"  # the columns of the table of days
_IN_ORDER: Final = ("DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPNTZ", "BIGINT", "INT", "DOUBLE")  # as casts keep it
_FLIPPED: Final[dict[type[exp.Expr], type[exp.Binary]]] = {
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
}
_TRUNCATED: Final = (exp.TimestampTrunc, exp.DateTrunc, exp.UnixSeconds, exp.Floor, exp.TsOrDsToDate)
_FULL_HOURS: Final = ("HOUR", "DAY", "WEEK")
_SHIFTED: Final = (exp.TimestampAdd, exp.TsOrDsAdd)


class OfDay(NamedTuple):
    """Whether a condition holds for every row of a day, and whether it may hold for some."""

    every: exp.Expr
    some: exp.Expr


UNKNOWN: Final = OfDay(exp.false(), exp.true())


class _Span(NamedTuple):
    """What is compared, for the row where it is least and for the row where it is greatest."""

    least: exp.Expr
    greatest: exp.Expr


def test_of(condition: exp.Expr, base: str) -> Test:
    """A condition on the instant, Databricks SQL, as a relation asks it."""
    kept, bare = KEPT[base], unqualified(condition)
    every, some = (f"({duckdb_text(one)})" for one in of_day(bare, kept))
    is_of_hours = all(one.name == kept.day or _splits_no_hour(one) for one in bare.find_all(exp.Column))
    of_hour = duckdb_text(_at(bare, kept, AT, f"cast({AT} as date)")) if is_of_hours else ""
    return Test(duckdb_text(condition), every, some, of_hour)


def _splits_no_hour(instant: exp.Column) -> bool:
    """Whether an instant is used in a way that tells no rows of one hour apart: by its hour, or beside a full hour."""
    beside = instant.parent
    if isinstance(beside, (exp.GTE, exp.LT)) and beside.this is instant:
        return _is_full_hour(beside.expression)
    if isinstance(beside, (exp.LTE, exp.GT)) and beside.expression is instant:
        return _is_full_hour(beside.this)
    return is_coarse(instant, "hour")


def _is_full_hour(node: exp.Expr) -> bool:
    if isinstance(node, (exp.Add, exp.Sub)) and isinstance(node.expression, exp.Interval):
        long = node.expression
        is_whole = long.name.isdigit() and long.text("unit").upper().rstrip("S") in _FULL_HOURS
        return is_whole and _is_full_hour(node.this)
    if isinstance(node, exp.Paren):
        return _is_full_hour(node.this)
    return isinstance(node, (exp.TimestampTrunc, exp.DateTrunc)) and node.text("unit").upper() in _FULL_HOURS


def of_day(condition: exp.Expr, kept: Kept) -> OfDay:
    """What a condition says of a day, over the columns FIRST, LAST and DAY."""
    match condition:
        case exp.Paren():
            found = of_day(condition.this, kept)
        case exp.Not():
            said = of_day(condition.this, kept)
            found = OfDay(exp.not_(said.some), exp.not_(said.every))
        case exp.And() | exp.Or():
            left, right = of_day(condition.left, kept), of_day(condition.right, kept)
            both = exp.and_ if isinstance(condition, exp.And) else exp.or_
            found = OfDay(*(exp.paren(both(*pair)) for pair in zip(left, right, strict=True)))
        case exp.In() if condition.expressions:
            found = of_day(exp.or_(*(condition.this.eq(one) for one in condition.expressions)), kept)
        case exp.Between():
            low, high = condition.args["low"], condition.args["high"]
            found = of_day(exp.and_(condition.this >= low, condition.this <= high), kept)
        case exp.Binary() if type(condition) in _FLIPPED:
            found = _of_comparison(condition, kept)
        case _:
            found = UNKNOWN
    return found


def _of_comparison(condition: exp.Binary, kept: Kept) -> OfDay:
    kind, one, other = type(condition), condition.left, condition.right
    if not other.find(exp.Column) and (span := _span(one, kept)) is not None:
        return _compared(kind, span, other)
    if not one.find(exp.Column) and (span := _span(other, kept)) is not None:
        return _compared(_FLIPPED[kind], span, one)
    return UNKNOWN


def _compared(kind: type[exp.Expr], span: _Span, value: exp.Expr) -> OfDay:
    least, greatest = (kind(this=one.copy(), expression=value.copy()) for one in span)
    if kind in (exp.GT, exp.GTE):
        return OfDay(least, greatest)
    if kind in (exp.LT, exp.LTE):
        return OfDay(greatest, least)
    within = exp.and_(span.least <= value, span.greatest >= value)
    same = exp.and_(span.least.eq(value), span.greatest.eq(value))
    return OfDay(same, within) if kind is exp.EQ else OfDay(exp.not_(within), exp.not_(same))


def _span(node: exp.Expr, kept: Kept) -> _Span | None:
    """Between what an expression lies within a day; none when it may go up and down."""
    falls = _falls(node, {kept.time, kept.day})
    if falls is None:
        return None
    first, last = (_at(node, kept, end, DAY) for end in (FIRST, LAST))
    return _Span(last, first) if falls else _Span(first, last)


def _falls(node: exp.Expr, instants: set[str]) -> bool | None:
    """Whether an expression falls while the instant grows, or grows with it; none when it may do both."""
    if isinstance(node, exp.Column):
        return False if node.name in instants else None
    is_cast = isinstance(node, exp.Cast) and node.to.this.value in _IN_ORDER
    is_part = isinstance(node, (exp.IntDiv, exp.Div)) and isinstance(node.expression, exp.Literal)
    if is_cast or is_part or isinstance(node, (exp.Paren, *_TRUNCATED)):
        return _falls(node.this, instants)
    if isinstance(node, (exp.Add, exp.Sub, *_SHIFTED)):
        if not node.expression.find(exp.Column):
            return _falls(node.this, instants)
        if not node.this.find(exp.Column) and isinstance(node, (exp.Add, exp.Sub)):
            falls = _falls(node.expression, instants)
            return falls if falls is None or isinstance(node, exp.Add) else not falls
    return None


def _at(node: exp.Expr, kept: Kept, time: str, day: str) -> exp.Expr:
    """The expression at an instant and its day."""
    root = exp.Paren(this=node.copy())
    for column in [*root.find_all(exp.Column)]:
        column.replace(exp.column(time) if column.name == kept.time else exp.maybe_parse(day))
    found: exp.Expr = root.this
    return found
