"""What a query reads from: seen through its steps down to the rows of one kept table.

A step that only chooses, names and computes, row by row, is taken apart: what it calls a column becomes an expression
over the columns of the table, its conditions are noted, and what it joins is carried along. The data's own clock, one
row, becomes parameters. Anything else is None: the query stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.lakehouse.partials.aggregates import conjuncts, expression
from payment_analysis.lakehouse.partials.bases import CLOCK, CLOCK_COLUMNS, KEPT, SEEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROW: Final = "facts"  # the name of the kept table in expressions over it
_STOPS: Final = ("group", "having", "qualify", "distinct", "limit", "offset", "laterals", "windows", "pivots", "sort")


class OutOfReach(Exception):
    """The query, or this part of it, cannot be seen through."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a WITH and the steps before it."""

    query: exp.Expr
    before: Mapping[str, Step]


@dataclass(slots=True)
class Rows:
    """Rows of a kept table under some conditions, joined with some references; no `of` means the clock's only row."""

    of: str
    columns: dict[str, exp.Expr]
    conditions: list[exp.Expr] = field(default_factory=list)
    joins: list[exp.Join] = field(default_factory=list)


@dataclass(slots=True)
class _Beside:
    """A reference that is joined: its name in the new query; its columns when they are known."""

    name: str
    columns: frozenset[str] | None


class Resolver:
    """Sees through the sources of queries; knows the columns of every table and view."""

    def __init__(self, columns: Mapping[str, tuple[str, ...]]) -> None:
        self._columns = columns
        self._references = 0

    def rows(self, select: exp.Select, steps: Mapping[str, Step]) -> tuple[Rows, _Scope]:
        """The rows a SELECT reads, its own conditions and joins included, and how it names their columns."""
        come_from = select.args.get("from_")
        if come_from is None:
            raise OutOfReach
        first = come_from.this
        rows = self._source(first, steps)
        scope = _Scope({first.alias_or_name.lower(): rows})
        found = Rows(rows.of, rows.columns, [*rows.conditions], [*rows.joins])
        for join in select.args.get("joins") or ():
            self._join(join, steps, scope, found)
        where = select.args.get("where")
        if where is not None:
            found.conditions += [scope.meant(one) for one in conjuncts(where.this)]
        return found, scope

    def _join(self, join: exp.Join, steps: Mapping[str, Step], scope: _Scope, found: Rows) -> None:
        kind, side = (join.args.get("kind") or "").upper(), (join.args.get("side") or "").upper()
        if (
            kind not in ("", "INNER", "CROSS")
            or side not in ("", "LEFT")
            or join.args.get("using")
            or join.args.get("method")
        ):
            raise OutOfReach
        alias = join.this.alias_or_name.lower()
        if (clock := self._clock(join.this, steps)) is not None:
            if join.args.get("on") is not None:
                raise OutOfReach
            scope.sources[alias] = clock
            return
        if self._reaches_rows(join.this, steps):
            raise OutOfReach
        self._references += 1
        beside = _Beside(f"beside_{self._references}", self._known(join.this, steps))
        scope.sources[alias] = beside
        copy = join.copy()
        copy.this.set("alias", exp.TableAlias(this=exp.to_identifier(beside.name)))
        if join.args.get("on") is not None:
            copy.set("on", scope.meant(join.args["on"]))
        found.joins.append(copy)

    def _source(self, node: exp.Expr, steps: Mapping[str, Step]) -> Rows:
        if isinstance(node, exp.Subquery) and not node.args.get("joins") and not node.args.get("pivots"):
            return self._query(node.this, steps)
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier) or node.args.get("pivots"):
            raise OutOfReach
        name = node.name.lower()
        if name in steps and not node.db:
            return self._query(steps[name].query, steps[name].before)
        if name in KEPT:
            return Rows(name, {column: _of_row(column) for column in self._columns[name]})
        if name in SEEN:
            seen = SEEN[name]
            columns = {column: _of_row(column) for column in self._columns[name]}
            held = expression(seen.holds or seen.mark(name))
            for column in [*held.find_all(exp.Column)]:
                column.set("table", exp.to_identifier(ROW))
            return Rows(seen.of, columns, [held])
        if name == CLOCK:
            return Rows("", {column: exp.Placeholder(this=parameter) for column, parameter in CLOCK_COLUMNS.items()})
        raise OutOfReach

    def _query(self, query: exp.Expr, steps: Mapping[str, Step]) -> Rows:
        """A step that works row by row."""
        if not isinstance(query, exp.Select) or any(query.args.get(stop) for stop in _STOPS):
            raise OutOfReach
        if any(isinstance(node, (exp.AggFunc, exp.Window)) for node in _own(query)):
            raise OutOfReach
        rows, scope = self.rows(query, steps_of(query, steps))
        columns: dict[str, exp.Expr] = {}
        for item in query.expressions:
            columns |= scope.listed(item)
        return Rows(rows.of, columns, rows.conditions, rows.joins)

    def clock(self, node: exp.Expr, steps: Mapping[str, Step]) -> Mapping[str, exp.Expr] | None:
        """What the columns of the clock are, when that is what a source is."""
        found = self._clock(node, steps)
        return None if found is None else found.columns

    def _clock(self, node: exp.Expr, steps: Mapping[str, Step]) -> Rows | None:
        try:
            rows = self._source(node, steps)
        except OutOfReach:
            return None
        return rows if not rows.of and not rows.conditions and not rows.joins else None

    def _reaches_rows(self, node: exp.Expr, steps: Mapping[str, Step]) -> bool:
        """Whether a joined source reads a kept table itself."""
        for table in node.find_all(exp.Table):
            name = table.name.lower()
            if name in KEPT or name in SEEN:
                return True
            if name in steps and self._reaches_rows(steps[name].query, steps[name].before):
                return True
        return False

    def _known(self, node: exp.Expr, steps: Mapping[str, Step]) -> frozenset[str] | None:
        if isinstance(node, exp.Table) and node.name.lower() not in steps and node.name.lower() in self._columns:
            return frozenset(self._columns[node.name.lower()])
        return None


@dataclass(slots=True)
class _Scope:
    """What the names in one SELECT mean."""

    sources: dict[str, Rows | _Beside]

    def meant(
        self, node: exp.Expr, also: Mapping[str, exp.Expr] | None = None, *, kept: Iterable[str] = ()
    ) -> exp.Expr:
        """A copy over the columns of the kept table; `also` are names of the SELECT's own, `kept` stay as they are."""
        if node.find(exp.Subquery, exp.Select, exp.Exists):
            raise OutOfReach
        root = exp.Paren(this=node.copy())
        for column in [*root.find_all(exp.Column)]:
            if isinstance(column.this, exp.Star):
                raise OutOfReach
            if not column.table and column.name in kept:
                continue
            column.replace(self._meaning(column, also or {}))
        result: exp.Expr = root.this
        return result

    def _meaning(self, column: exp.Column, also: Mapping[str, exp.Expr]) -> exp.Expr:
        name, table = column.name, column.table.lower()
        if table:
            if table not in self.sources:
                raise OutOfReach
            source = self.sources[table]
            if isinstance(source, _Beside):
                return exp.column(name, table=source.name)
            return _bracketed(self._named(source, name))
        for source in self.sources.values():
            if isinstance(source, Rows) and name in source.columns:
                return _bracketed(source.columns[name])
        holding = [
            one
            for one in self.sources.values()
            if isinstance(one, _Beside) and (one.columns is None or name in one.columns)
        ]
        if len(holding) == 1:
            return exp.column(name, table=holding[0].name)
        if name in also and not holding:
            return _bracketed(also[name])
        raise OutOfReach

    @staticmethod
    def _named(source: Rows, name: str) -> exp.Expr:
        if name not in source.columns:
            raise OutOfReach
        return source.columns[name]

    def listed(self, item: exp.Expr) -> dict[str, exp.Expr]:
        """The columns that one item of a SELECT list gives."""
        if isinstance(item, exp.Star):
            if len(self.sources) != 1:
                raise OutOfReach
            return self._starred(item, next(iter(self.sources.values())))
        if isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
            return self._starred(item.this, self.sources.get(item.table.lower()))
        if not item.alias_or_name:
            raise OutOfReach
        return {item.alias_or_name: self.meant(item.unalias())}

    @staticmethod
    def _starred(star: exp.Expr, source: Rows | _Beside | None) -> dict[str, exp.Expr]:
        if not isinstance(source, Rows) or star.args.get("replace") or star.args.get("rename"):
            raise OutOfReach
        left_out = {one.name for one in star.args.get("except_") or ()}
        return {name: meaning for name, meaning in source.columns.items() if name not in left_out}


def steps_of(query: exp.Expr, steps: Mapping[str, Step]) -> Mapping[str, Step]:
    """The steps that are in reach within a query, its own included."""
    own = query.args.get("with_")
    if own is None:
        return steps
    if own.args.get("recursive"):
        raise OutOfReach
    for step in own.expressions:
        if step.args.get("alias") is not None and step.args["alias"].args.get("columns"):
            raise OutOfReach
        steps = {**steps, step.alias.lower(): Step(step.this, steps)}
    return steps


def _own(select: exp.Select) -> Iterator[exp.Expr]:
    """The nodes of a SELECT, those of queries within it left out."""
    stack: list[exp.Expr] = [select]
    while stack:
        node = stack.pop()
        yield node
        stack += [child for child in node.iter_expressions() if not isinstance(child, (exp.Query, exp.With))]


def own_nodes(select: exp.Select) -> list[exp.Expr]:
    """The same as a list, the SELECT itself left out."""
    return [node for node in _own(select) if node is not select]


def _of_row(column: str) -> exp.Expr:
    return exp.column(column, table=ROW)


def _bracketed(node: exp.Expr) -> exp.Expr:
    is_simple = isinstance(node, (exp.Column, exp.Placeholder, exp.Literal, exp.Func, exp.Paren))
    return node.copy() if is_simple and not isinstance(node, exp.Connector) else exp.Paren(this=node.copy())
