"""Windows: how a view says "the last 30 days", and how that gives way to the range of a scope.

A window is written in one of two forms, as a condition of a WHERE, and the lint below holds every view to them:

    <event time> > <clock> - interval 30 days
    <event time> > timestampadd(day, -30, <clock>)

The clock of events is `as_of` of data_clock; arrivals have their own, `arrived_last`. Either side may be truncated or
cast to a date. Under a scope with a range the bases hold nothing but that range, so the window is taken out: the range
counts, be it shorter or longer. Where one statement has windows of several lengths, their lengths are what it is about
(the last 5 and 60 minutes), and they stay; so do those of views about the end of a range. What stays, and any other
use of a clock, counts from the end of the range: data_clock stops there and what came later is not in the bases.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.lakehouse.dialect import SOURCE
from payment_analysis.lakehouse.scope_bases import CLOCK_TIME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The event times of the bases and the days derived from them.
EVENT_TIMES: Final = frozenset({"event_timestamp", "event_time", "event_date", "first_attempt_at", "first_attempt_on"})
CLOCKS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {CLOCK_TIME: EVENT_TIMES, "arrived_last": frozenset({"_ingested_at"})}
)

_COARSER: Final = (exp.Cast, exp.TimestampTrunc, exp.DateTrunc, exp.TsOrDsToDate, exp.Date, exp.Paren)
_ARITHMETIC: Final = (
    exp.Add,
    exp.Sub,
    exp.Between,
    exp.DateAdd,
    exp.DateDiff,
    exp.DateSub,
    exp.TimestampAdd,
    exp.TimestampDiff,
    exp.TimestampSub,
    exp.TsOrDsAdd,
    exp.TsOrDsDiff,
)
_COMPARISONS: Final = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NEQ)


def without_windows(statement: exp.Expr) -> exp.Expr:
    """A copy of a statement in which the window is taken out."""
    windows = [condition for where in _wheres(statement) for condition in _conditions(where.this) if _length(condition)]
    return statement.copy() if len({_length(window) for window in windows}) > 1 else _stripped(statement)


def unrecognised_windows(statement: exp.Expr) -> list[str]:
    """Calculations with the clock that are not in a form above, as SQL; a scope's range would not replace them."""
    found = []
    for column in _stripped(statement).find_all(exp.Column):
        if column.name.lower() in CLOCKS:
            calculation = _outermost(column)
            if calculation is not None:
                found.append(calculation.sql(SOURCE))
    return found


def _stripped(statement: exp.Expr) -> exp.Expr:
    tree = statement.copy()
    for where in _wheres(tree):
        conditions = list(_conditions(where.this))
        kept = [condition.copy() for condition in conditions if not _length(condition)]
        if not kept:
            where.pop()
        elif len(kept) < len(conditions):
            where.set("this", exp.and_(*kept, copy=False))
    return tree


def _wheres(tree: exp.Expr) -> list[exp.Where]:
    """The WHEREs of queries; FILTER (WHERE …) chooses what one aggregate counts, not what a view is about."""
    return [where for where in tree.find_all(exp.Where) if isinstance(where.parent, exp.Select)]


def _conditions(node: exp.Expr) -> Iterator[exp.Expr]:
    """What must hold all together: ANDs, also within brackets, taken apart."""
    bare = node.unnest()
    if isinstance(bare, exp.And):
        yield from _conditions(bare.this)
        yield from _conditions(bare.expression)
    else:
        yield node


def _length(node: exp.Expr) -> str:
    """How far back a window goes, as SQL; empty when the condition is not a window."""
    node = node.unnest()
    if isinstance(node, (exp.GT, exp.GTE)):
        time, ago = node.this, _finest(node.expression)
    elif isinstance(node, (exp.LT, exp.LTE)):
        time, ago = node.expression, _finest(node.this)
    else:
        return ""
    is_interval = isinstance(ago, exp.Sub) and isinstance(ago.expression, exp.Interval)
    is_added = isinstance(ago, exp.TimestampAdd) and isinstance(ago.expression, exp.Neg)
    if not (is_interval or is_added) or _column(time) not in CLOCKS.get(_column(ago.this), ()):
        return ""
    return f"{ago.expression.sql(SOURCE)} {ago.args.get('unit') or ''}"


def _column(node: exp.Expr) -> str:
    """The name of a column below casts and truncations, or of the only one of a query for a single value."""
    bare = _finest(node)
    if isinstance(bare, exp.Subquery) and isinstance(bare.this, exp.Select) and len(bare.this.selects) == 1:
        bare = bare.this.selects[0]
    return bare.name.lower() if isinstance(bare, exp.Column) else ""


def _finest(node: exp.Expr) -> exp.Expr:
    """The value below casts, truncations and brackets."""
    while isinstance(node, _COARSER):
        node = node.this
    return node


def _outermost(column: exp.Expr) -> exp.Expr | None:
    """The largest calculation, or comparison with one, around a column within its query or a query above it."""
    found: exp.Expr | None = None
    node: exp.Expr | None = column.parent
    while node is not None and not isinstance(node, exp.CTE):
        if isinstance(node, _ARITHMETIC) or (isinstance(node, _COMPARISONS) and node.find(*_ARITHMETIC)):
            found = node
        node = node.parent
    return found
