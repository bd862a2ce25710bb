"""From a spec to SQL: one SELECT over a source, in the Databricks dialect.

The page's scope and the period are not written here: they are set below the tables by `lakehouse.scope`, as for every
other question of the house. What a scope cannot say stands in the WHERE.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.agents.ask.semantics import Kind, Semantics, semantics
from payment_analysis.domain.errors import BadInput
from payment_analysis.lakehouse.dialect import SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.agents.ask.semantics import Dimension, Metric, Source
    from payment_analysis.agents.ask.spec import Filter, Period, Spec

MISSING: Final = "(none)"  # the value of a dimension where an export does not carry it
ROWS_MAX: Final = 500  # of an answer: more is for the explorer, not for a sentence
CHANGE: Final = "change"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer: the dimension or metric it shows, and how."""

    name: str
    about: str  # name of the dimension or metric
    role: str  # dimension, value, before, change, trials or part


@dataclass(frozen=True, slots=True)
class Question:
    """A spec as SQL, with what its columns are."""

    sql: str
    columns: tuple[Column, ...]


def compile_spec(spec: Spec, known: Semantics | None = None) -> Question:
    """The SQL of a spec; what cannot be asked together is a BadInput that says so."""
    return _Compiler(spec, known or semantics()).question()


class _Compiler:
    def __init__(self, spec: Spec, known: Semantics) -> None:
        self._spec = spec
        self._known = known
        self._metrics = [self._metric(name) for name in spec.metrics]
        self._source = self._one_source()

    def question(self) -> Question:
        if self._spec.compare is not None:
            return self._compared()
        dimensions = self._dimensions()
        chosen = [f"{expression} as {name}" for name, expression in dimensions]
        columns = [Column(name, name, "dimension") for name, _ in dimensions]
        for metric in self._metrics:
            chosen.append(f"{self._figure(metric)} as {metric.name}")
            columns.append(Column(metric.name, metric.name, "value"))
            if metric.is_ratio and self._spec.share is None:
                chosen.append(f"{metric.denominator} as {metric.name}_of")
                columns.append(Column(f"{metric.name}_of", metric.name, "trials"))
        lines = ["select", ",\n".join(f"  {one}" for one in chosen), f"from {self._source.table}"]
        lines += self._where(self._conditions())
        lines += self._grouped(dimensions)
        lines += self._ranked(dimensions)
        return Question("\n".join(lines), tuple(columns))

    def _one_source(self) -> Source:
        sources = {metric.source for metric in self._metrics}
        if len(sources) > 1:
            labels = " and ".join(metric.label for metric in self._metrics)
            raise BadInput(f"{labels} are counted over different things", hint="ask for one of them at a time")
        source = self._known.sources[sources.pop()]
        if source.time is None and (self._spec.period or self._spec.compare):
            raise BadInput(f"{source.noun} are those of now: they have no period", hint="leave the period out")
        return source

    def _metric(self, name: str) -> Metric:
        if name not in self._known.metrics:
            raise BadInput(f"there is no figure {name}", hint=f"there are {', '.join(self._known.metrics)}")
        return self._known.metrics[name]

    def _dimension(self, name: str) -> Dimension:
        if name not in self._known.dimensions:
            raise BadInput(f"there is no dimension {name}", hint=f"there are {', '.join(self._known.dimensions)}")
        return self._known.dimensions[name]

    def _column(self, dimension: str) -> str:
        known = self._dimension(dimension)
        if self._source.name not in known.columns:
            raise BadInput(
                f"{self._source.noun} are not told apart by {known.label}",
                hint=f"ask for a figure about {' or '.join(known.columns)}",
            )
        return known.columns[self._source.name]

    def _dimensions(self) -> list[tuple[str, str]]:
        return [(name, self._column(name)) for name in self._spec.dimensions]

    def _figure(self, metric: Metric) -> str:
        share = self._spec.share
        if share is None:
            return metric.sql
        if metric.is_ratio or not share.part:
            _additive(metric)
            total = f"sum({metric.expression}) over ()" if self._spec.dimensions else metric.expression
            return f"cast({metric.expression} as double) / nullif({total}, 0)"
        _additive(metric)
        part = " and ".join(self._condition(one) for one in share.part)
        return f"cast({metric.expression} filter (where {part}) as double) / nullif({metric.expression}, 0)"

    def _conditions(self) -> list[str]:
        found = [self._source.where] if self._source.where else []
        for metric in self._metrics:
            extra = metric.where_grouped if self._spec.dimensions or self._spec.filters else metric.where_total
            found += [extra] if extra else []
        found += [self._condition(one) for one in self._spec.filters if not self._is_scoped(one)]
        found += [self._is_a_group(name) for name in self._spec.dimensions if self._is_about_declines(name)]
        return found

    def _is_about_declines(self, name: str) -> bool:
        """Properties of declines are null where nothing was declined: that is not a group of its own."""
        return self._source.name == "attempts" and name in ABOUT_DECLINES

    def _is_a_group(self, name: str) -> str:
        """A decline without a code is a decline; an attempt that retried nothing has no retried reason."""
        is_known = f"{self._column(name)} is not null"
        return is_known if name in ABOUT_THE_RETRIED else f"({is_known} or result = 'declined')"

    def _is_scoped(self, given: Filter) -> bool:
        """Whether the scope says it below the tables."""
        dimension = self._dimension(given.dimension)
        return dimension.scope is not None and not given.negated and bool(given.values)

    def _condition(self, given: Filter) -> str:
        column = self._column(given.dimension)
        kind = self._known.dimensions[given.dimension].kind
        if given.above is not None or given.below is not None:
            bounds = [f"{column} >= {given.above:g}"] if given.above is not None else []
            bounds += [f"{column} < {given.below:g}"] if given.below is not None else []
            return " and ".join(bounds)
        if kind is Kind.FLAG:
            wanted = [value for value in given.values if value in {"true", "false"}]
            if len(wanted) != 1:
                raise BadInput(f"{given.dimension} is true or false", hint="give one of the two")
            return column if (wanted[0] == "true") != given.negated else f"{column} is false"
        named = [literal(value) for value in given.values if value != MISSING]
        tests = [f"{column} {'not ' if given.negated else ''}in ({', '.join(named)})"] if named else []
        if MISSING in given.values:
            tests.append(f"{column} is {'not ' if given.negated else ''}null")
        if not tests:
            raise BadInput(f"the filter of {given.dimension} names no value", hint="give values, or leave it out")
        joined = (" and " if given.negated else " or ").join(tests)
        return joined if len(tests) == 1 else f"({joined})"

    def _where(self, conditions: Sequence[str]) -> list[str]:
        return [f"where {' and '.join(conditions)}"] if conditions else []

    def _grouped(self, dimensions: Sequence[tuple[str, str]]) -> list[str]:
        lines = [f"group by {', '.join(expression for _, expression in dimensions)}"] if dimensions else []
        needed = [f"count(*) >= {self._spec.count_min}"] if self._spec.count_min else []
        ratio = next((metric for metric in self._metrics if metric.is_ratio), None)
        needed += [f"{ratio.denominator} >= {self._spec.trials_min}"] if ratio and self._spec.trials_min else []
        return [*lines, f"having {' and '.join(needed)}"] if dimensions and needed else lines

    def _ranked(self, dimensions: Sequence[tuple[str, str]]) -> list[str]:
        if not dimensions:
            return []
        names = [name for name, _ in dimensions]
        times = [name for name in names if self._known.dimensions[name].kind in {Kind.TIME, Kind.NUMBER_GROUP}]
        order = self._spec.order
        if order is None and times:
            ranked = [*times, *(name for name in names if name not in times)]
        elif order is None:
            ranked = [f"{self._metrics[0].name} desc nulls last", *names]
        else:
            direction = "desc" if order.descending else "asc"
            ranked = [f"{self._ranking(order.by)} {direction} nulls last", *names]
        return [f"order by {', '.join(ranked)}", f"limit {min(self._spec.limit or ROWS_MAX, ROWS_MAX)}"]

    def _ranking(self, by: str) -> str:
        if by == CHANGE and self._spec.compare:
            return f"{self._metrics[0].name}_{CHANGE}"
        if by not in self._spec.metrics:
            raise BadInput(f"the order {by} is not asked for", hint=f"order by {' or '.join(self._spec.metrics)}")
        return by

    def _compared(self) -> Question:
        """Both periods in one pass: rows are labelled, counted per label, and put side by side."""
        spec, time = self._spec, self._source.time
        if spec.period is None or spec.compare is None or time in {None, "scope"} or spec.share is not None:
            raise BadInput("this figure cannot be compared over time", hint="ask for it without the comparison")
        assert time is not None
        dimensions = self._dimensions()
        inner = [*(f"{expression} as {name}" for name, expression in dimensions)]
        label = _within(time, spec.period)
        inner.append(f"{label} as is_now")
        for metric in self._metrics:
            inner.append(f"{metric.sql} as {metric.name}")
            inner += [f"{metric.denominator} as {metric.name}_of"] if metric.is_ratio else []
        conditions = [*self._conditions(), f"(({label}) or ({_within(time, spec.compare)}))"]
        outer, columns = [name for name, _ in dimensions], [Column(name, name, "dimension") for name, _ in dimensions]
        for metric in self._metrics:
            outer += _side_by_side(metric)
            columns += _compared_columns(metric)
        first = self._metrics[0].name
        lines = ["with counted as (", "  select", ",\n".join(f"    {one}" for one in inner)]
        lines += [f"  from {self._source.table}", *(f"  {line}" for line in self._where(conditions))]
        lines += [f"  group by {', '.join([*(expression for _, expression in dimensions), label])}", ")", "select"]
        lines += [",\n".join(f"  {one}" for one in outer), "from counted"]
        lines += [f"group by {', '.join(name for name, _ in dimensions)}"] if dimensions else []
        if spec.count_min:
            raise BadInput("small rows cannot be left out of a comparison", hint="ask without the comparison")
        if dimensions and spec.trials_min and self._metrics[0].is_ratio:
            lines.append(f"having min({first}_of) >= {spec.trials_min} and count(*) = 2")
        return Question("\n".join([*lines, *self._ranked(dimensions)]), tuple(columns))


# Properties of the decline before: only a retry has them.
ABOUT_THE_RETRIED: Final = frozenset({"retried_reason"})
# Properties of declines: an attempt that was not declined has none.
ABOUT_DECLINES: Final = frozenset(
    {
        "reason",
        "standard_reason",
        "reason_group",
        "fault",
        "declined_by",
        "action",
        "code",
        "retried_reason",
        "retryable",
    }
)


def _side_by_side(metric: Metric) -> list[str]:
    now = f"max(case when is_now then {metric.name} end)"
    before = f"max(case when not is_now then {metric.name} end)"
    chosen = [
        f"{now} as {metric.name}",
        f"{before} as {metric.name}_before",
        f"{now} - {before} as {metric.name}_change",
    ]
    if metric.is_ratio:
        chosen.append(f"max(case when is_now then {metric.name}_of end) as {metric.name}_of")
        chosen.append(f"max(case when not is_now then {metric.name}_of end) as {metric.name}_of_before")
    return chosen


def _compared_columns(metric: Metric) -> list[Column]:
    roles = {"": "value", "_before": "before", "_change": "change"}
    if metric.is_ratio:
        roles |= {"_of": "trials", "_of_before": "trials_before"}
    return [Column(f"{metric.name}{suffix}", metric.name, role) for suffix, role in roles.items()]


def _additive(metric: Metric) -> None:
    if (
        metric.is_ratio
        or not metric.expression.startswith(("count(*)", "count_if(", "sum("))
        or " / " in metric.expression
    ):
        raise BadInput(f"{metric.label} has no shares", hint="ask for the share of a count or of a value")


def _within(time: str, period: Period) -> str:
    return f"{time} >= {instant(period, 'start')} and {time} < {instant(period, 'end')}"


def instant(period: Period, side: str) -> str:
    """An end of a period as SQL."""
    return f"timestamp '{getattr(period, side):%Y-%m-%d %H:%M:%S.%f}Z'"


def literal(value: str) -> str:
    """A value as SQL, quoted by sqlglot."""
    written: str = exp.Literal.string(value).sql(SOURCE)
    return written
