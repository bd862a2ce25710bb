"""How a block is answered otherwise: over cells, over groups of rows, or over plain rows of copied columns.

A block is written anew as one SELECT over a relation that has the shape of cells: keys by their own names, the number
of rows and the measures. Rows that are in no cell are brought into that shape by the relation, one cell each, so one
and the same SELECT merges both.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.lakehouse.delta import fingerprint
from payment_analysis.lakehouse.duck import CELLS_COUNTED
from payment_analysis.lakehouse.partials.aggregates import (
    MERGED,
    ROWS,
    Aggregate,
    Measure,
    added_up,
    names,
    taken_apart,
    text_of,
)
from payment_analysis.lakehouse.partials.bases import KEPT
from payment_analysis.lakehouse.partials.cubes import FEW_VALUES
from payment_analysis.lakehouse.partials.sources import ROW, OutOfReach

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from payment_analysis.lakehouse.partials.blocks import Block
    from payment_analysis.lakehouse.partials.cubes import Cube

_COARSE: Final[dict[str, frozenset[str]]] = {
    "day": frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}),
    "hour": frozenset({"HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}),
}
RELATION: Final = "cells"  # until the question gives it a name of its own


def over_cells(block: Block, cube: Cube) -> OverCells | None:
    """The block as a SELECT over cells of a cube; none when what it tells apart is not among the cube's keys."""
    tests = block.tests_by_text()
    if block.rows.of != cube.base or not set(cube.where) <= tests.keys():
        return None
    keys, kept = set(cube.keys), KEPT[cube.base]
    left = [test for text, test in tests.items() if text not in cube.where]
    used = block.needed().union(*(names(test) for test in left))
    if not used <= keys | {kept.time, kept.day}:
        return None
    found = OverCells(block.select, left, used, set())
    try:
        found.select = _written(block, lambda node: _merged(node, keys, found))
    except OutOfReach:
        return None
    instants = (column for column in found.select.find_all(exp.Column) if column.name == kept.time)
    if not all(is_coarse(column, cube.grain) for column in instants):
        return None
    return found


def over_groups(block: Block) -> OverGroups | None:
    """The block as a SELECT over its own groups of plain rows, which are made part by part and merged by it.

    Each part groups its own enumerations, which takes a third of the time that words do. None when there is nothing to
    group by, when something is joined, or when the groups of parts do not tell what the block says.
    """
    listed = block.group.expressions if block.group is not None else []
    if not listed or block.rows.joins or block.outside or len(listed) < len(block.groups):
        return None
    keys = {text_of(one): one.name if isinstance(one, exp.Column) else _key(one) for one in listed}
    told_apart = _told_apart(block)
    keys |= {name: name for name in told_apart}
    found = OverCells(block.select, [], set(), set())
    if not all(_is_of_row(one) and _columns(one) for one in listed):
        return None
    try:
        select = _written(block, lambda node: _merged(node, told_apart, found), keys)
    except OutOfReach:
        return None
    named = {*keys.values(), ROWS, *(one.name for one in found.measures)}
    if not _columns_of_row(select) <= named:
        return None
    return OverGroups(select, tuple(sorted(keys.items())), found.measures)


def _told_apart(block: Block) -> set[str]:
    """The columns of few values of which a block counts the different ones: groups are told apart by them too."""
    counted = (node.this.expressions for node in block.aggregates if isinstance(node.this, exp.Distinct))
    plain = {one.name for listed in counted for one in listed if isinstance(one, exp.Column)}
    return plain & FEW_VALUES[block.rows.of]


def over_rows(block: Block) -> tuple[exp.Select, set[str]]:
    """The block as a SELECT over plain rows of the table, and the columns it reads."""
    select = _written(block, lambda node: node.copy())
    return select, _columns_of_row(select)


@dataclass(slots=True)
class OverCells:
    """A block over cells: the SELECT, the tests that are left for the cells, the keys and measures it reads."""

    select: exp.Select
    left: list[exp.Expr]
    used: set[str]
    measures: set[Measure]


@dataclass(frozen=True, slots=True)
class OverGroups:
    """A block over groups of rows: the SELECT, the name of each key by what it is in Databricks SQL, the measures."""

    select: exp.Select
    keys: tuple[tuple[str, str], ...]
    measures: set[Measure]


def _written(
    block: Block, aggregate: Callable[[exp.Expr], exp.Expr], keys: Mapping[str, str] = MappingProxyType({})
) -> exp.Select:
    """The block as one SELECT over a relation named ROW, its aggregates written otherwise, and keys by their names."""

    def rewritten(tree: exp.Expr) -> exp.Expr:
        return by_name(_replaced(tree, aggregate), keys)

    items = [exp.alias_(rewritten(tree), name, quoted=True) for name, tree in block.items.items()]
    select = exp.select(*items).from_(exp.alias_(exp.to_table(RELATION), ROW, table=True))
    select.set("joins", [join.copy() for join in block.rows.joins])
    if block.outside:
        select.set("where", exp.Where(this=exp.and_(*(one.copy() for one in block.outside))))
    if block.group is not None:
        select.set("group", by_name(block.group, keys))
    if block.having is not None:
        select.set("having", exp.Having(this=rewritten(block.having)))
    if block.order is not None:
        select.set("order", rewritten(block.order))
    for part in ("limit", "offset"):
        if block.select.args.get(part) is not None:
            select.set(part, block.select.args[part].copy())
    return select


def by_name(tree: exp.Expr, keys: Mapping[str, str]) -> exp.Expr:
    """A copy in which each key is the column of its name."""
    if not keys:
        return tree.copy()
    root = exp.Paren(this=tree.copy())
    waiting: list[exp.Expr] = [root]
    while waiting:
        node = waiting.pop()
        name = keys.get(text_of(node)) if node is not root and _columns(node) else None
        if name is None:
            waiting += node.iter_expressions()
        else:
            node.replace(exp.column(name, table=ROW))
    result: exp.Expr = root.this
    return result


def _key(node: exp.Expr) -> str:
    """A name for what is grouped by, the same in every process."""
    return f"key_{fingerprint(text_of(node)):x}"


def _replaced(tree: exp.Expr, aggregate: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    root = exp.Paren(this=tree.copy())
    for node in added_up(root):
        if any(isinstance(parent, exp.Filter) for parent in (node.parent,)):
            raise OutOfReach
        node.replace(aggregate(node))
    result: exp.Expr = root.this
    return result


def _merged(node: exp.Expr, keys: set[str], found: OverCells) -> exp.Expr:
    """An aggregate over rows as one over cells."""
    whole = taken_apart(node)
    if whole is None or whole.kind in ("min", "max", "any_value"):
        direct = isinstance(node, (exp.Min, exp.Max, exp.AnyValue, exp.Grouping)) or (
            isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct)
        )
        columns = [*node.find_all(exp.Column)]
        if direct and all(column.table != ROW or column.name in keys for column in columns):
            found.used |= {column.name for column in columns if column.table == ROW}
            return node.copy()
        if whole is None:
            raise OutOfReach
    tested = [one for one in whole.conditions if _columns(one) <= keys and _is_of_row(one)]
    if whole.kind == "count" and whole.value is not None and _columns(whole.value) <= keys and _is_of_row(whole.value):
        tested.append(exp.Not(this=exp.Is(this=whole.value.copy(), expression=exp.Null())))
        whole = Aggregate("count", whole.conditions, None)
    found.used |= set().union(*(_columns(one) for one in tested))
    if not all(_is_of_row(one) for one in (*whole.conditions, *([whole.value] if whole.value is not None else []))):
        raise OutOfReach
    measure = whole.measure(without=tested)
    if measure is not None:
        found.measures.add(measure)
    value: exp.Expr = exp.column(ROWS if measure is None else measure.name, table=ROW)
    if tested:
        value = exp.Case(ifs=[exp.If(this=exp.and_(*(one.copy() for one in tested)), true=value)])
    if whole.kind == "count":
        return exp.Anonymous(this=CELLS_COUNTED, expressions=[value])
    return exp.Anonymous(this=MERGED[whole.kind], expressions=[value])


def is_coarse(column: exp.Column, grain: str) -> bool:
    """Whether an instant is only used in a way that is the same for all rows of a cell."""
    parent = column.parent
    if isinstance(parent, (exp.TimestampTrunc, exp.DateTrunc)):
        return parent.this is column and str(parent.text("unit")).upper() in _COARSE[grain]
    return isinstance(parent, exp.Cast) and parent.to.this == exp.DataType.Type.DATE


def _columns(node: exp.Expr) -> set[str]:
    return {column.name for column in node.find_all(exp.Column)}


def _is_of_row(node: exp.Expr) -> bool:
    return all(column.table == ROW for column in node.find_all(exp.Column))


def _columns_of_row(node: exp.Expr) -> set[str]:
    return {column.name for column in node.find_all(exp.Column) if column.table == ROW}
