"""What several SELECTs over the same rows compute of each row is computed once, in a step between the rows and them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.lakehouse.delta import fingerprint
from payment_analysis.lakehouse.partials.aggregates import added_up, expression, text_of
from payment_analysis.lakehouse.partials.over import by_name
from payment_analysis.lakehouse.partials.sources import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PLAIN: Final = (exp.Column, exp.Literal, exp.Star, exp.Placeholder, exp.Distinct)


def computed_once(selects: Sequence[exp.Select], rows: str) -> exp.CTE | None:
    """A step over `rows` that these read from now on instead: the columns they use, and what several compute.

    None when no two compute the same. Each reads its rows under the name ROW.
    """
    counted = Counter(text for select in selects for text in {text_of(one) for one in _computed(select)})
    shared = {text: f"once_{fingerprint(text):x}" for text, times in counted.items() if times > 1}
    if not shared:
        return None
    name = f"once_{rows}"
    for select in selects:
        select.args["from_"].this.set("this", exp.to_identifier(name))
        select.set("expressions", [by_name(item, shared) for item in select.expressions])
        for part in ("group", "having", "order"):
            if select.args.get(part) is not None:
                select.set(part, by_name(select.args[part], shared))
    used = {c.name for select in selects for c in select.find_all(exp.Column) if c.table == ROW} - {*shared.values()}
    listed: list[exp.Expr] = [exp.column(column) for column in sorted(used)]
    listed += [exp.alias_(expression(text), column) for text, column in shared.items()]
    step = exp.CTE(this=exp.select(*listed).from_(rows), alias=exp.TableAlias(this=exp.to_identifier(name)))
    step.set("materialized", True)  # an engine that takes it for a name computes it for each reader
    return step


def _computed(select: exp.Select) -> Iterator[exp.Expr]:
    """What a SELECT computes of each row alone: what it groups by and what it adds up."""
    group = select.args.get("group")
    trees = [*(group.expressions if group is not None else ())]
    trees += [node.this for item in select.expressions for node in added_up(item)]
    for tree in trees:
        columns = [*tree.find_all(exp.Column)] if tree is not None else []
        if columns and not isinstance(tree, _PLAIN) and all(column.table == ROW for column in columns):
            yield tree.unnest()
