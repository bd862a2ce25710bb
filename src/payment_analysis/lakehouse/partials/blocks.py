"""Blocks: the SELECTs of a query that add up rows of a kept table, with all they say over that table's columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from payment_analysis.lakehouse.partials.aggregates import (
    added_up,
    expression_in_duckdb,
    slides,
    text_of,
)
from payment_analysis.lakehouse.partials.bases import KEPT
from payment_analysis.lakehouse.partials.sources import ROW, OutOfReach, Resolver, Rows, own_nodes, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from payment_analysis.lakehouse.partials.sources import Step, _Scope


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
    called: dict[str, exp.Expr] = {}  # by GROUP BY and HAVING, also where the first of a union names the columns
    for place, item in enumerate(select.expressions):
        is_later = isinstance(select.parent, exp.SetOperation) and select.parent.this is not select
        name = f"column_{place}" if is_later else item.output_name  # the first of a union names the columns
        if not name or name in items:
            raise OutOfReach
        items[name] = called[item.output_name] = scope.meant(item.unalias())
    group = select.args.get("group")
    if group is not None and group.args.get("all"):
        raise OutOfReach
    meant = None if group is None else _grouped(group, items | called, select, scope)
    groups: list[exp.Expr] = [] if meant is None else [*meant.iter_expressions()]
    having = select.args.get("having")
    order = select.args.get("order")
    return Block(
        select,
        rows,
        items,
        groups,
        meant,
        None if having is None else scope.meant(having.this, items | called),
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


def duckdb_text(node: exp.Expr) -> str:
    """The same for DuckDB."""
    return expression_in_duckdb(text_of(node))
