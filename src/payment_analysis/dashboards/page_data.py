"""The data of one page: each dataset computed once within the scope, and every widget's answer, or its error.

A counter answers with one number over the whole scope, with the same number of the period before, and with its series
when it names a period. The rows of the other widgets are those of the scope alone.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.dashboards.at_once import at_once
from payment_analysis.dashboards.grammar import is_filter
from payment_analysis.dashboards.question import grain, question
from payment_analysis.dashboards.warehouse import DATASET
from payment_analysis.domain.errors import BadQuery, NotFound, PaymentAnalysisError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from payment_analysis.dashboards.dashboard import Dashboard, Dataset, Page, Widget
    from payment_analysis.dashboards.warehouse import Answer, Warehouse
    from payment_analysis.domain.scope import Scope

    Answers = Mapping[str, Answer | PaymentAnalysisError]
    Answered = dict[str, Answers | PaymentAnalysisError]  # by dataset
    Task = Callable[[], Answered]
    Questions = tuple[str, Mapping[str, str]]  # the SQL of a dataset, and what is asked about its rows by name

COUNTER: Final = "counter"
ROWS_MAX: Final = 2000  # more than a chart can show; 40 networks over 50 days of a line still fit
OPTIONS_MAX: Final = 500  # of a filter: what a scope may hold of one dimension


class Compare(StrEnum):
    """Which earlier period a counter is compared with."""

    PREVIOUS = "previous"
    WEEKDAY = "weekday"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class WidgetData:
    """What a widget shows; `value` and `previous` are a counter's, an error stands for everything else."""

    name: str
    sql: str = ""
    columns: tuple[tuple[str, str], ...] = ()  # name and type
    rows: tuple[tuple[Any, ...], ...] = ()
    is_cut: bool = False
    grain: str = ""
    value: Any = None
    previous: Any = None
    error: PaymentAnalysisError | None = None


def compared(scope: Scope, compare: Compare) -> Scope | None:
    """The earlier period; none when nothing is compared or the scope has no range."""
    if compare is Compare.NONE or scope.range is None:
        return None
    return scope.previous(same_weekdays=compare is Compare.WEEKDAY)


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask, about which part of the data, and the earlier period to compare with."""

    warehouse: Warehouse
    scope: Scope
    before: Scope | None = None

    @property
    def length(self) -> timedelta | None:
        """How long the range of the scope is, when it has one."""
        return None if self.scope.range is None else self.scope.range[1] - self.scope.range[0]

    def sql(self, dataset: Dataset, asked: str) -> str:
        """One text that answers a question about a dataset, as a person may run it."""
        inside = self.warehouse.scoped(dataset.sql, self.scope).strip()
        return f"with {DATASET} as (\n{inside}\n)\n{asked}"


def page_data(dashboard: Dashboard, page: Page, asking: Asking) -> dict[str, WidgetData]:
    """Every widget of a page that asks something, by name; its datasets are asked at the same time."""
    by_dataset: dict[str, list[Widget]] = defaultdict(list)
    for widget in page.widgets:
        if widget.query is not None:
            by_dataset[widget.query.dataset].append(widget)
    found: dict[str, WidgetData] = {}
    asked: list[_Asked] = []
    for name, widgets in by_dataset.items():
        try:
            asked.append(_asked(_dataset(dashboard, name), widgets, asking, found))
        except PaymentAnalysisError as error:
            found |= {widget.name: WidgetData(widget.name, error=error) for widget in widgets}
    now = {one.dataset.name: (one.dataset.sql, one.asked | one.totals) for one in asked}
    earlier = {one.dataset.name: (one.dataset.sql, one.totals) for one in asked if one.totals}
    tasks = _tasks(asking.warehouse, asking.scope, now)
    tasks_before = [] if asking.before is None else _tasks(asking.warehouse, asking.before, earlier)
    answered = at_once([*tasks, *tasks_before])
    answers, before = ChainMap(*answered[: len(tasks)]), ChainMap(*answered[len(tasks) :])
    for one in asked:
        found |= one.found(answers[one.dataset.name], before.get(one.dataset.name, {}))
    return {widget.name: found[widget.name] for widget in page.widgets if widget.name in found}


def _tasks(warehouse: Warehouse, scope: Scope, datasets: Mapping[str, Questions]) -> list[Task]:
    """What can be asked at the same time so that every dataset is answered; what several share is computed once."""
    sharing = warehouse.shared({name: sql for name, (sql, _) in datasets.items()}, scope)
    together = {name for names in sharing.values() for name in names}
    tasks = [
        partial(_together, warehouse, scope, view, {name: datasets[name] for name in names})
        for view, names in sharing.items()
    ]
    return [
        *tasks,
        *(partial(_alone, warehouse, scope, name, asked) for name, asked in datasets.items() if name not in together),
    ]


def _together(warehouse: Warehouse, scope: Scope, view: str, datasets: Mapping[str, Questions]) -> Answered:
    try:
        return {**warehouse.staged_over(view, datasets, scope, limit=ROWS_MAX)}
    except PaymentAnalysisError as error:
        return dict.fromkeys(datasets, error)


def _alone(warehouse: Warehouse, scope: Scope, name: str, asked: Questions) -> Answered:
    try:
        return {name: warehouse.staged(asked[0], scope, asked[1], limit=ROWS_MAX)}
    except PaymentAnalysisError as error:
        return {name: error}


def widget_data(dashboard: Dashboard, widget: Widget, asking: Asking, *, limit: int) -> WidgetData:
    """The rows of one widget, to be taken away; an error is raised."""
    if widget.query is None:
        raise NotFound(f"the widget {widget.name} shows no data", hint="choose a chart, a table or a number")
    dataset = _dataset(dashboard, widget.query.dataset)
    asked = question(widget, dataset, within=asking.length)
    answer = asking.warehouse.staged(dataset.sql, asking.scope, {widget.name: asked}, limit=limit)[widget.name]
    if isinstance(answer, PaymentAnalysisError):
        raise answer
    return _shown(widget, answer, asking.sql(dataset, asked), asking)


def _asked(dataset: Dataset, widgets: list[Widget], asking: Asking, found: dict[str, WidgetData]) -> _Asked:
    """The questions of the widgets of one dataset; one that cannot be written is the error of its widget."""
    asked: dict[str, str] = {}
    totals: dict[str, str] = {}
    for widget in widgets:
        try:
            asked[widget.name] = question(widget, dataset, within=asking.length)
            if widget.kind == COUNTER:
                totals[_total(widget)] = _without_period(widget, dataset, asked[widget.name])
        except PaymentAnalysisError as error:
            found[widget.name] = WidgetData(widget.name, error=error)
    return _Asked(dataset, [widget for widget in widgets if widget.name in asked], asked, totals, asking)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the widgets of one dataset ask: each its own question, and counters their one number too."""

    dataset: Dataset
    widgets: list[Widget]
    asked: dict[str, str]
    totals: dict[str, str]
    asking: Asking

    def found(
        self, now: Answers | PaymentAnalysisError, before: Answers | PaymentAnalysisError
    ) -> dict[str, WidgetData]:
        """The data of each widget; an error of the dataset is one of each."""
        for answers in (now, before):
            if isinstance(answers, PaymentAnalysisError):
                return {widget.name: WidgetData(widget.name, error=answers) for widget in self.widgets}
        assert not isinstance(now, PaymentAnalysisError)
        assert not isinstance(before, PaymentAnalysisError)
        return {
            widget.name: _found(
                widget, now, before, self.asking.sql(self.dataset, self.asked[widget.name]), self.asking
            )
            for widget in self.widgets
        }


def _found(widget: Widget, answers: Answers, earlier: Answers, sql: str, asking: Asking) -> WidgetData:
    """A widget's data from the answers of its dataset; any of them may be an error."""
    answer, total, before = answers[widget.name], answers.get(_total(widget)), earlier.get(_total(widget))
    for one in (answer, total, before):
        if isinstance(one, PaymentAnalysisError):
            return WidgetData(widget.name, sql=sql, error=one)
    assert not isinstance(answer, PaymentAnalysisError)
    shown = _shown(widget, answer, sql, asking)
    return replace(shown, value=_number(widget, total), previous=_number(widget, before))


def _shown(widget: Widget, answer: Answer, sql: str, asking: Asking) -> WidgetData:
    limit = OPTIONS_MAX if is_filter(widget.kind) else None
    return WidgetData(
        name=widget.name,
        sql=sql,
        columns=tuple(zip(answer.columns, answer.types, strict=True)),
        rows=tuple(answer.rows[:limit]),
        is_cut=answer.truncated or (limit is not None and len(answer.rows) > limit),
        grain=grain(widget, within=asking.length),
    )


def _total(widget: Widget) -> str:
    """The name of the question for a counter's one number."""
    return f"{widget.name} in total"


def _without_period(widget: Widget, dataset: Dataset, asked: str) -> str:
    """The counter's question over everything: its own, without the period."""
    period = widget.channel("period")
    return question(widget, dataset, leaving_out=period.field) if period else asked


def _number(widget: Widget, answer: Answer | PaymentAnalysisError | None) -> Any:
    """The number of a counter's only row; none when nothing was asked or there is no row."""
    channel = widget.channel("value")
    if answer is None or isinstance(answer, PaymentAnalysisError) or channel is None or not answer.rows:
        return None
    return answer.rows[0][list(answer.columns).index(channel.field)]


def _dataset(dashboard: Dashboard, name: str) -> Dataset:
    if name not in dashboard.datasets:
        raise BadQuery(
            f"the dashboard has no dataset {name}", hint=f"its datasets are {', '.join(dashboard.datasets) or 'none'}"
        )
    return dashboard.datasets[name]
