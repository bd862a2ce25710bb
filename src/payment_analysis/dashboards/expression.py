"""Field expressions of widgets as SQL: calculated columns written out, words of dashboards replaced by words of SQL."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from payment_analysis.domain.errors import BadQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

SQL: Final = "databricks"
_TRUNCATIONS: Final = (exp.TimestampTrunc, exp.DateTrunc)


def read_expression(text: str) -> exp.Expr:
    """Parse an expression of the file; anything else is a BadQuery that says so."""
    return _parsed(text).copy()


@lru_cache(maxsize=2048)
def _parsed(text: str) -> exp.Expr:
    try:
        return sqlglot.parse_one(text, dialect=SQL)
    except SqlglotError as error:
        raise BadQuery(
            f"the expression {text} cannot be read", hint="write one expression of Databricks SQL"
        ) from error


def written_out(text: str, calculated: Mapping[str, str]) -> exp.Expr:
    """The expression in terms of the dataset's own columns."""
    root = exp.Paren(this=read_expression(text))
    for node in list(root.walk()):
        replacement = _plain(node, calculated)
        if replacement is not None:
            node.replace(replacement)
    return cast("exp.Expr", root.this)


def is_aggregate(tree: exp.Expr) -> bool:
    """Whether the expression says something about many rows."""
    return any(not node.find_ancestor(exp.Window) for node in tree.find_all(exp.AggFunc))


def columns_read(text: str, calculated: Mapping[str, str]) -> set[str]:
    """The columns of the dataset that an expression needs."""
    return {column.name for column in written_out(text, calculated).find_all(exp.Column)}


def unit_of(tree: exp.Expr) -> str:
    """The unit to which the expression truncates a time, in capitals; empty when it does not."""
    return str(tree.args["unit"].name).upper() if isinstance(tree, _TRUNCATIONS) else ""


def truncated_to(tree: exp.Expr, unit: str) -> exp.Expr:
    """The same truncation to another unit."""
    other = tree.copy()
    other.set("unit", exp.Var(this=unit))
    return other


def _plain(node: exp.Expr, calculated: Mapping[str, str]) -> exp.Expr | None:
    if isinstance(node, exp.Anonymous) and node.name.upper() == "MEASURE":
        name = node.expressions[0].name
        if name not in calculated:
            known = ", ".join(calculated) or "none"
            raise BadQuery(f"the dataset has no measure {name}", hint=f"its measures are: {known}")
        return exp.Paren(this=written_out(calculated[name], {}))
    if isinstance(node, exp.Anonymous) and node.name.upper() == "BIN_FLOOR":
        value, width = (argument.copy() for argument in node.expressions)
        return exp.Mul(this=exp.Floor(this=exp.Div(this=value, expression=width)), expression=width.copy())
    if isinstance(node, exp.Column) and node.name in calculated and not isinstance(node.parent, exp.Anonymous):
        return exp.Paren(this=written_out(calculated[node.name], {}))
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Column) and node.this.name == "*":
        return exp.Count(this=exp.Star())
    return None
