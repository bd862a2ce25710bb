"""Blocks: the SELECTs of a query that add up rows of a kept table, and how they read over cells instead.

A block is written anew as one SELECT over a relation that has the shape of cells: keys by their own names, the number
of rows and the measures. Rows that are in no cell are brought into that shape by the relation, one cell each, so one
and the same SELECT merges both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.lakehouse.duck import CELLS_COUNTED
from payment_analysis.lakehouse.partials.aggregates import (
    MERGED,
    ROWS,
    Aggregate,
    Measure,
    added_up,
    expression_in_duckdb,
    names,
    slides,
    taken_apart,
    text_of,
)
from payment_analysis.lakehouse.partials.bases import KEPT
from payment_analysis.lakehouse.partials.sources import ROW, OutOfReach, Resolver, Rows, own_nodes, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from payment_analysis.lakehouse.partials.cubes import Cube
    from payment_analysis.lakehouse.partials.sources import Step, _Scope

_COARSE: Final[dict[str, frozenset[str]]] = {
    "day": frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}),
    "hour": frozenset({"HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}),
}
RELATION: Final = "cells"  # until the question gives it a name of its own


@dataclass(slots=True)
class Block:
    """A SELECT that adds up rows of a kept table, with everything it says over that table's columns."""

    select: exp.Select
    rows: Rows
    items: dict[str, exp.Expr]
    groups: list[exp.Expr]
    group: exp.Group | None
    having: exp.Expr | None
    order: exp.Expr | None = None
    time: list[exp.Expr] = field(default_factory=list)  # conditions on the instant alone
    tests: list[exp.Expr] = field(default_factory=list)  # conditions on other columns of the table
    outside: list[exp.Expr] = field(default_factory=list)  # conditions on what is joined
    _tests: dict[str, exp.Expr] | None = None  # both are asked for once per cube, and what they say never changes
    _needed: set[str] | None = None

    @property
    def aggregates(self) -> list[exp.Expr]:
        """Every aggregate in it."""
        trees = [*self.items.values(), *(one for one in (self.having, self.order) if one is not None)]
        return [node for tree in trees for node in added_up(tree)]

    def tests_by_text(self) -> dict[str, exp.Expr]:
        """Its tests by what they say in Databricks SQL."""
        if self._tests is None:
            self._tests = {text_of(test): test for test in self.tests}
        return self._tests

    def needed(self) -> set[str]:
        """The columns of the table that it uses outside its aggregates and its tests."""
        if self._needed is None:
            self._needed = self._used()
        return self._needed

    def _used(self) -> set[str]:
        trees = [*self.items.values(), *self.groups, *self.outside, *(join for join in self.rows.joins)]
        trees += [one for one in (self.having, self.order) if one is not None]
        found: set[str] = set()
        for tree in trees:
            inside = {id(column) for node in added_up(tree) for column in node.find_all(exp.Column)}
            found |= {c.name for c in tree.find_all(exp.Column) if c.table == ROW and id(c) not in inside}
        return found


def find_blocks(tree: exp.Expr, resolver: Resolver) -> Iterator[Block]:
    """Every block of a query that can be seen through."""
    yield from _within(tree, {}, resolver)


def _within(node: exp.Expr, steps: Mapping[str, Step], resolver: Resolver) -> Iterator[Block]:
    if isinstance(node, exp.Query):
        own = node.args.get("with_")
        try:
            inner = steps_of(node, steps)
        except OutOfReach:
            return
        if own is not None:
            before = steps
            for step in own.expressions:
                yield from _within(step.this, before, resolver)
                before = {**before, step.alias.lower(): inner[step.alias.lower()]}
        steps = inner
        if isinstance(node, exp.Select):
            block = _block(node, steps, resolver)
            if block is not None:
                yield block
                return
    for child in node.iter_expressions():
        if not isinstance(child, exp.With):
            yield from _within(child, steps, resolver)


def _block(select: exp.Select, steps: Mapping[str, Step], resolver: Resolver) -> Block | None:
    adds_up = any(isinstance(node, exp.AggFunc) and not slides(node) for node in own_nodes(select))
    if not adds_up or any(select.args.get(stop) for stop in ("distinct", "laterals", "qualify", "windows", "pivots")):
        return None
    try:
        rows, scope = resolver.rows(select, steps)
        if not rows.of:
            return None
        block = _read(select, rows, scope)
    except OutOfReach:
        return None
    kept = KEPT[rows.of]
    for condition in rows.conditions:
        columns = [*condition.find_all(exp.Column)]
        if any(column.table != ROW for column in columns) or not columns:
            block.outside.append(condition)
        elif {column.name for column in columns} <= {kept.time, kept.day}:
            block.time.append(condition)
        else:
            block.tests.append(condition)
    return block


def _read(select: exp.Select, rows: Rows, scope: _Scope) -> Block:
    items: dict[str, exp.Expr] = {}
    for place, item in enumerate(select.expressions):
        is_later = isinstance(select.parent, exp.SetOperation) and select.parent.this is not select
        name = f"column_{place}" if is_later else item.output_name  # the first of a union names the columns
        if not name or name in items:
            raise OutOfReach
        items[name] = scope.meant(item.unalias())
    group = select.args.get("group")
    if group is not None and group.args.get("all"):
        raise OutOfReach
    meant = None if group is None else _grouped(group, items, select, scope)
    groups: list[exp.Expr] = [] if meant is None else [*meant.iter_expressions()]
    having = select.args.get("having")
    order = select.args.get("order")
    return Block(
        select,
        rows,
        items,
        groups,
        meant,
        None if having is None else scope.meant(having.this, items),
        None if order is None else scope.meant(order, kept=items),
    )


def _grouped(group: exp.Group, items: dict[str, exp.Expr], select: exp.Select, scope: _Scope) -> exp.Group:
    """GROUP BY with positions and names of the SELECT's own written out."""
    listed = []
    for one in group.expressions:
        if one.is_int:
            place = int(one.name) - 1
            if not 0 <= place < len(select.expressions):
                raise OutOfReach
            listed.append([*items.values()][place].copy())
        else:
            listed.append(scope.meant(one, items))
    meant = scope.meant(group, items) if len(listed) < len([*group.iter_expressions()]) else exp.Group()
    assert isinstance(meant, exp.Group)
    meant.set("expressions", listed)
    return meant


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
    if not all(_is_coarse(column, cube.grain) for column in instants):
        return None
    return found


def over_rows(block: Block) -> tuple[exp.Select, set[str]]:
    """The block as a SELECT over plain rows of the table, and the columns it reads."""
    select = _written(block, lambda node: node.copy())
    return select, {c.name for c in select.find_all(exp.Column) if c.table == ROW}


@dataclass(slots=True)
class OverCells:
    """A block over cells: the SELECT, the tests that are left for the cells, the keys and measures it reads."""

    select: exp.Select
    left: list[exp.Expr]
    used: set[str]
    measures: set[Measure]


def _written(block: Block, aggregate: Callable[[exp.Expr], exp.Expr]) -> exp.Select:
    """The block as one SELECT over a relation named ROW, its aggregates written otherwise."""
    items = [exp.alias_(_replaced(tree, aggregate), name, quoted=True) for name, tree in block.items.items()]
    select = exp.select(*items).from_(exp.alias_(exp.to_table(RELATION), ROW, table=True))
    select.set("joins", [join.copy() for join in block.rows.joins])
    if block.outside:
        select.set("where", exp.Where(this=exp.and_(*(one.copy() for one in block.outside))))
    if block.group is not None:
        select.set("group", block.group.copy())
    if block.having is not None:
        select.set("having", exp.Having(this=_replaced(block.having, aggregate)))
    if block.order is not None:
        select.set("order", _replaced(block.order, aggregate))
    for part in ("limit", "offset"):
        if block.select.args.get(part) is not None:
            select.set(part, block.select.args[part].copy())
    return select


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
    if whole is None or whole.kind in ("min", "max"):
        direct = isinstance(node, (exp.Min, exp.Max)) or (
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


def _is_coarse(column: exp.Column, grain: str) -> bool:
    """Whether an instant is only used in a way that is the same for all rows of a cell."""
    parent = column.parent
    if isinstance(parent, (exp.TimestampTrunc, exp.DateTrunc)):
        return parent.this is column and str(parent.text("unit")).upper() in _COARSE[grain]
    return isinstance(parent, exp.Cast) and parent.to.this == exp.DataType.Type.DATE


def _columns(node: exp.Expr) -> set[str]:
    return {column.name for column in node.find_all(exp.Column)}


def _is_of_row(node: exp.Expr) -> bool:
    return all(column.table == ROW for column in node.find_all(exp.Column))


def duckdb_text(node: exp.Expr) -> str:
    """The same for DuckDB."""
    return expression_in_duckdb(text_of(node))
