"""Aggregates in a normal form: what is added up, counted or compared, and under which condition."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.lakehouse.dialect import SOURCE, parse, to_duckdb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROWS: Final = "n"  # the measure every cell has: how many rows it stands for
_KINDS: Final[dict[type[exp.Expr], str]] = {
    exp.Sum: "sum",
    exp.Count: "count",
    exp.CountIf: "count",
    exp.Min: "min",
    exp.Max: "max",
    exp.AnyValue: "any_value",
}
MERGED: Final = {"sum": "sum", "count": "sum", "min": "min", "max": "max", "any_value": "any_value"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One additive number of a cell; the argument is Databricks SQL over the columns of the base."""

    kind: str  # sum, count, min, max or any_value
    argument: str

    @property
    def name(self) -> str:
        """A column name that says what it is, and is the same in every process."""
        return _name(self.kind, self.argument)

    @property
    def chosen(self) -> str:
        """The column of which it is a value of some row; empty when it is computed."""
        return _chosen(self.argument) if self.kind in ("min", "max", "any_value") else ""

    @property
    def over_rows(self) -> str:
        """The aggregate over rows of the base, as DuckDB SQL."""
        return f"{self.kind}({_in_duckdb(self.argument)})"

    @property
    def of_row(self) -> str:
        """What one row contributes, as DuckDB SQL."""
        value = _in_duckdb(self.argument)
        return f"case when ({value}) is null then 0 else 1 end" if self.kind == "count" else value


@cache
def _name(kind: str, argument: str) -> str:
    digest = hashlib.sha256(f"{kind} {argument}".encode()).hexdigest()[:8]
    plain = "_".join(sorted({column.name for column in expression(argument).find_all(exp.Column)}))
    return f"{kind}_{plain[:40]}_{digest}"


@cache
def _chosen(argument: str) -> str:
    value = expression(argument)
    if isinstance(value, exp.Case):
        value = value.args["ifs"][0].args["true"]
    return value.name if isinstance(value, exp.Column) else ""


@cache
def _in_duckdb(argument: str) -> str:
    return expression_in_duckdb(argument)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate taken apart: kind, the conditions that must all hold, the value; no value means the row itself."""

    kind: str
    conditions: tuple[exp.Expr, ...]
    value: exp.Expr | None

    def measure(self, without: Iterable[exp.Expr] = ()) -> Measure | None:
        """The measure it needs when some conditions are tested elsewhere; none when it only counts rows."""
        left = sorted({text_of(one) for one in self.conditions} - {text_of(one) for one in without})
        value = "1" if self.value is None else text_of(self.value)
        if not left:
            return None if self.value is None else Measure(self.kind, value)
        return Measure(self.kind, f"CASE WHEN {' AND '.join(left)} THEN {value} END")


def taken_apart(node: exp.Expr) -> Aggregate | None:
    """An aggregate in its normal form; none when it is of a kind that cells cannot hold."""
    kind = _KINDS.get(type(node))
    if kind is None or isinstance(node.this, exp.Distinct):
        return None
    if isinstance(node, exp.CountIf):
        return Aggregate(kind, tuple(conjuncts(node.this)), None)
    value = node.this
    if isinstance(value, exp.Star):
        return Aggregate(kind, (), None)
    conditions: tuple[exp.Expr, ...] = ()
    branches = value.args["ifs"] if isinstance(value, exp.Case) else []
    if len(branches) == 1 and value.this is None and not value.args.get("default"):
        (branch,) = branches
        conditions, value = tuple(conjuncts(branch.this)), branch.args["true"]
    if kind == "count" and isinstance(value, exp.Literal):
        return Aggregate(kind, conditions, None)
    return Aggregate(kind, conditions, value)


def added_up(tree: exp.Expr) -> list[exp.Expr]:
    """The aggregates of an expression; what a window slides over is not one, what is within it is."""
    return [node for node in tree.find_all(exp.AggFunc) if not slides(node)]


def slides(node: exp.Expr) -> bool:
    """Whether an aggregate is one over a window."""
    parent = node.parent
    while isinstance(parent, (exp.IgnoreNulls, exp.RespectNulls, exp.Filter)):
        parent = parent.parent
    return isinstance(parent, exp.Window)


def expression(sql: str) -> exp.Expr:
    """An expression in Databricks SQL as a tree."""
    tree = parse(f"select {sql}")
    assert isinstance(tree, exp.Select)
    found: exp.Expr = tree.selects[0]
    return found


def expression_in_duckdb(sql: str) -> str:
    """An expression in Databricks SQL for DuckDB."""
    return to_duckdb(parse(f"select {sql}")).removeprefix("SELECT ")


def conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    """What must hold all together: ANDs, also within brackets, taken apart."""
    bare = node.unnest()
    if isinstance(bare, exp.And):
        yield from conjuncts(bare.this)
        yield from conjuncts(bare.expression)
    else:
        yield bare


def names(node: exp.Expr) -> set[str]:
    """The columns an expression uses."""
    return {column.name for column in node.find_all(exp.Column)}


def unqualified(node: exp.Expr) -> exp.Expr:
    """A copy in which columns have no table."""
    copy = node.copy()
    for column in [*copy.find_all(exp.Column)]:
        column.set("table", None)
    return copy


def text_of(node: exp.Expr) -> str:
    """An expression over the table's columns as Databricks SQL."""
    written: str = unqualified(node).sql(SOURCE)
    return written
