"""What a widget asks, as one SELECT over its dataset."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlglot import exp

from payment_analysis.dashboards.expression import (
    SQL,
    is_aggregate,
    read_expression,
    truncated_to,
    unit_of,
    written_out,
)
from payment_analysis.dashboards.warehouse import DATASET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from payment_analysis.dashboards.dashboard import Dataset, Query, Widget

POINTS_MAX: Final = 370  # of one line: more than a chart has pixels to tell apart, and a year of days fits
SECONDS: Final[Mapping[str, int]] = MappingProxyType(
    {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400, "WEEK": 604_800, "MONTH": 2_592_000}
)


class _Column(NamedTuple):
    name: str
    tree: exp.Expr
    is_aggregate: bool


def question(widget: Widget, dataset: Dataset, *, within: timedelta | None = None, leaving_out: str = "") -> str:
    """The SELECT behind a widget, by default for its whole query.

    A line over a long range is asked for in a coarser unit of time than the file says, as far as it can be: a query
    that groups computes its measures anew. `leaving_out` is a field that is not asked for.
    """
    query = widget.query
    assert query is not None, f"{widget.name} asks nothing"
    columns = [
        _column(one.name, one.expression, dataset.calculated, None if query.is_disaggregated else within)
        for one in query.fields
        if one.name != leaving_out
    ]
    select = exp.select(*(exp.alias_(one.tree, one.name, quoted=True) for one in columns)).from_(DATASET)
    for text in query.filters:
        tree = written_out(text, dataset.calculated)
        select = select.having(tree) if is_aggregate(tree) else select.where(tree)
    groups = [place for place, one in enumerate(columns, 1) if not one.is_aggregate]
    if not query.is_disaggregated and groups:
        select = select.group_by(*(exp.Literal.number(place) for place in groups))
    orders = [one for one in _orders(widget, query, columns) if not leaving_out or one.this.name != leaving_out]
    return str((select.order_by(*orders) if orders else select).sql(SQL, pretty=True))


def grain(widget: Widget, *, within: timedelta | None) -> str:
    """The unit of time that a widget's question uses, in small letters; empty when it truncates no time."""
    query = widget.query
    if query is None:
        return ""
    units = [unit_of(read_expression(one.expression)) for one in query.fields]
    used = next((unit for unit in units if unit), "")
    return (used if query.is_disaggregated else _unit(used, within)).lower() if used else ""


def _column(name: str, expression: str, calculated: Mapping[str, str], within: timedelta | None) -> _Column:
    tree = written_out(expression, calculated)
    unit = unit_of(tree)
    coarser = _unit(unit, within) if unit else unit
    return _Column(name, truncated_to(tree, coarser) if coarser != unit else tree, is_aggregate(tree))


def _unit(unit: str, within: timedelta | None) -> str:
    """The unit, or the first coarser one that leaves few enough points."""
    if within is None or unit not in SECONDS:
        return unit
    enough = [one for one, seconds in SECONDS.items() if within.total_seconds() / seconds <= POINTS_MAX]
    return next((one for one in enough if SECONDS[one] >= SECONDS[unit]), "MONTH")


def _orders(widget: Widget, query: Query, columns: Sequence[_Column]) -> list[exp.Ordered]:
    """As the file says; else by the sorted axis; else by the groups. A dataset that is not grouped keeps its order."""
    if query.orders:
        return [_ordered(read_expression(text), is_descending=down) for text, down in query.orders]
    by_axis = _sorted_axis(widget)
    if query.is_disaggregated and not by_axis:
        return []
    names = {name for name, _ in by_axis}
    groups = [(one.name, False) for one in columns if not one.is_aggregate and one.name not in names]
    return [_ordered(exp.column(name, quoted=True), is_descending=down) for name, down in [*by_axis, *groups]]


def _sorted_axis(widget: Widget) -> list[tuple[str, bool]]:
    """`sort.by: y-reversed` on x means: by y, the largest first. A pie begins with its largest part."""
    if widget.kind == "pie":
        angle = widget.channel("angle")
        return [(angle.field, True)] if angle else []
    sorted_by = {one.sort for one in widget.channels if one.sort}
    return [
        (other.field, sort.endswith("-reversed"))
        for sort in sorted(sorted_by)
        for other in widget.channels
        if other.name == sort.removesuffix("-reversed") and other.scale == "quantitative"
    ][:1]


def _ordered(tree: exp.Expr, *, is_descending: bool) -> exp.Ordered:
    return exp.Ordered(this=tree, desc=is_descending, nulls_first=False)
