"""What a definition may not say: constructs that engines disagree on, or that incremental builds cannot maintain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from payment_analysis.lakehouse.dialect import REFUSED, is_integer_valued, to_integer

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLOCK = "reads the wall clock; count back from `data_clock`, so the same data always gives the same answer"
_BANNED: dict[type[exp.Expr], str] = {
    exp.ApproxDistinct: "is a sketch that differs per engine; count a low-cardinality column exactly",
    exp.ApproxQuantile: "is a sketch that differs per engine; use percentile_disc",
    exp.Avg: "has another type per engine; write cast(sum(x) as double) / nullif(count(x), 0)",
    exp.CurrentDate: _CLOCK,
    exp.CurrentTimestamp: _CLOCK,
    exp.Limit: "belongs to the reader of a table, not to its definition",
    exp.Median: "interpolates differently per type; use percentile_disc",
    exp.PercentileCont: "interpolates in the last bit differently; use percentile_disc",
    exp.Quantile: "interpolates in the last bit differently; use percentile_disc",
    exp.Rand: "is not repeatable; derive from md5 of an id",
    exp.Round: "rounds doubles differently per engine; keep decimals and let the reader round",
    exp.Uuid: "is not repeatable; derive from md5 of an id",
}
# Distinct counts are exact key sets: as large as the column has values.
HIGH_CARDINALITY = frozenset(
    {"transaction_id", "payment_id", "payment_key", "cardholder_id", "card_token_id", "_event_key", "ip_address"}
)


def lint(expression: exp.Expr) -> list[str]:
    """Say, in a sentence each, what a definition must not contain; empty when all is well."""
    return [sentence for node in expression.walk() for sentence in _complaints(node)]


def _complaints(node: exp.Expr) -> Iterator[str]:
    sql = node.sql("databricks")
    if type(node) in _BANNED:
        yield f"`{sql}` {_BANNED[type(node)]}."
    if isinstance(node, exp.Anonymous):
        instead = REFUSED.get(node.name.upper(), "use a function that is")
        yield f"`{sql}` is not a function known to mean the same everywhere; {instead}."
    if isinstance(node, (exp.Div, exp.IntDiv, exp.Mod)) and not _is_safe(node.expression):
        yield f"`{sql}` may divide by zero; write nullif(…, 0) below the line."
    if isinstance(node, (exp.Cast, exp.TryCast)) and to_integer(node) and not is_integer_valued(node.this):
        yield f"`{sql}` truncates on one engine and rounds on another; use floor or ceil, or no cast."
    if isinstance(node, exp.Group):
        yield from _group_complaints(node)
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
        columns = {column.name for column in node.find_all(exp.Column)}
        for name in sorted(columns & HIGH_CARDINALITY):
            yield f"`{sql}` keeps every {name}; count rows instead."
    if isinstance(node, exp.Order) and not isinstance(node.parent, (exp.Window, exp.WithinGroup)):
        yield f"`{sql}` sorts inside a definition; order belongs to the reader."


def _group_complaints(group: exp.Group) -> Iterator[str]:
    if group.args.get("all"):
        yield "`group by all` hides the grain; name the columns."
    for key in group.expressions:
        if not isinstance(key, exp.Column):
            yield f"`{key.sql('databricks')}` is not a plain column; name it in a step before and group by the name."


def _is_safe(divisor: exp.Expr) -> bool:
    bare = divisor.unnest()
    return isinstance(bare, exp.Nullif) or bool(bare.is_number and bare.to_py() != 0)
