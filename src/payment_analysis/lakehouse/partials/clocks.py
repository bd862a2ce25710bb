"""Clocks: a question that joins the data's own clock, one row, reads its values as parameters instead.

Behind a join the engine does not know how far back a window goes, and reads every row of the table to find the last
hour; a parameter leaves out all row groups but the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.lakehouse.partials.sources import OutOfReach, Resolver, own_nodes, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from payment_analysis.lakehouse.partials.sources import Step

_SOURCES: Final = (exp.Table, exp.Subquery)


def without_clocks(query: exp.Expr, resolver: Resolver) -> bool:
    """Write the clock's values where a SELECT of the query joins it; whether any did."""
    try:
        steps = steps_of(query, {})
    except OutOfReach:
        return False
    found = False
    for select in query.find_all(exp.Select):
        for join in [*(select.args.get("joins") or ())]:
            found = _replaced(select, join, steps, resolver) or found
    return found


def _replaced(select: exp.Select, join: exp.Join, steps: Mapping[str, Step], resolver: Resolver) -> bool:
    is_cross = (join.args.get("kind") or "").upper() == "CROSS" and not join.args.get("side")
    values = resolver.clock(join.this, steps) if is_cross else None
    if values is None:
        return False
    alias = join.this.alias_or_name.lower()
    within = [*_within(select)]
    named = [one for one in within if isinstance(one, _SOURCES) and one.alias_or_name.lower() == alias]
    if len(named) > 1 or any(_may_be_the_clocks(node, values) for node in own_nodes(select)):
        return False
    columns = [one for one in within if isinstance(one, exp.Column) and one.table.lower() == alias]
    if not all(column.name in values for column in columns):
        return False
    join.pop()
    for column in columns:
        item = column.parent
        value = exp.paren(values[column.name].copy(), copy=False)
        column.replace(
            exp.alias_(value, column.name) if isinstance(item, exp.Select) and column in item.selects else value
        )
    return True


def _within(select: exp.Select) -> Iterator[exp.Expr]:
    """The nodes of a SELECT, queries in it included; the steps of its WITH see nothing of what it joins."""
    own = select.args.get("with_")
    return (node for node in select.walk(prune=lambda node: node is own) if node is not own)


def _may_be_the_clocks(node: exp.Expr, values: Mapping[str, exp.Expr]) -> bool:
    """Whether a column without a table may come from the clock, as all do that a star stands for."""
    if isinstance(node, exp.Star):
        return not isinstance(node.parent, (exp.Count, exp.Column))
    return isinstance(node, exp.Column) and not node.table and node.name in values
