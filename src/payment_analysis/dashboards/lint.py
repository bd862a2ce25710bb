"""Our linter: what is wrong with a dashboard file that can be read, each with where and what to do.

It finds words that Databricks does not know, fields that are bound to nothing, holes and overlaps of the grid, datasets
that nobody uses, and what a reader would misread: a percentage of a percentage, an amount without its currency, a
widget that does not say what it answers.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from payment_analysis.dashboards.expression import columns_read
from payment_analysis.dashboards.grammar import CURRENCY, NAME, PERCENT, TEXT, is_filter
from payment_analysis.dashboards.lint_grammar import grammar_faults
from payment_analysis.dashboards.lint_grid import grid_faults
from payment_analysis.dashboards.lint_sql import sql_faults
from payment_analysis.domain.errors import PaymentAnalysisError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.dashboards.dashboard import Channel, Dashboard, Dataset, Widget

_SCALED: Final = re.compile(r"_pct\b|(?:^|\s)Pct\b", re.IGNORECASE)
_MONEY: Final = re.compile(
    r"(total|total_transaction|total_declined|approved|approved_over|declined|lost|lost_though_retryable|recovered"
    r"|recoverable|potential_recovery|estimated_recovery|estimated_recoverable|fraud_reported)_value"
    r"|avg_(transaction_)?amount|total_amount|fees_incurred|fees_avoided"
)
_INNER: Final = re.compile(r"`([^`]+)`")


class Fault(NamedTuple):
    """Where something is wrong, and what."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def faults(dashboard: Dashboard) -> list[Fault]:
    """Everything that is wrong with a dashboard; nothing when it is right."""
    found = [Fault(*fault) for fault in grammar_faults(dashboard.raw)]
    found += [Fault(*fault) for fault in _of_names(dashboard)]
    for page in dashboard.pages:
        found += [Fault(*fault) for fault in grid_faults(page)]
    for dataset in dashboard.datasets.values():
        found += [Fault(f"dataset {dataset.name}", message) for message in sql_faults(dataset, dashboard.raw)]
    for page, widget in dashboard.widgets():
        place = f"{page.name}/{widget.name}"
        found += [Fault(place, message) for message in _of_widget(dashboard, widget)]
    currencies = {one.format.currency for _, w in dashboard.widgets() for one in w.channels if one.format} - {""}
    if len(currencies) > 1:
        found.append(Fault("file", f"amounts are written in {', '.join(sorted(currencies))}: use one currency"))
    return found


def _of_names(dashboard: Dashboard) -> Iterator[tuple[str, str]]:
    names = [widget.name for _, widget in dashboard.widgets()]
    for kind, given in {
        "widget": names,
        "page": [page.name for page in dashboard.pages],
        "dataset": [str(one["name"]) for one in dashboard.raw["datasets"]],
    }.items():
        for name, times in Counter(given).items():
            if times > 1:
                yield f"{kind} {name}", "the name is used twice in this file"
            if not re.fullmatch(NAME, name):
                yield f"{kind} {name}", "a name has at most 60 letters, digits, - and _"
    used = {query["query"].get("datasetName") for query in _queries(dashboard.raw)}
    for name in dashboard.datasets:
        if name not in used:
            yield f"dataset {name}", "no widget uses it: delete it"
    for page in dashboard.pages:
        if not page.is_filters and not any(widget.kind != TEXT for widget in page.widgets):
            yield f"page {page.name}", "there is nothing on it but text"


def _queries(raw: Any) -> Iterator[dict[str, Any]]:
    for page in raw["pages"]:
        for item in page["layout"]:
            yield from item["widget"].get("queries", ())


def _of_widget(dashboard: Dashboard, widget: Widget) -> Iterator[str]:
    if widget.kind == TEXT:
        return
    if not widget.title:
        yield "it has no title: say what it answers"
    if widget.kind == "counter" and not widget.description:
        yield "a number needs a description: say what is counted"
    if widget.kind != "counter" and not is_filter(widget.kind) and not widget.title.endswith("?"):
        yield f"the title {widget.title!r} asks no question"
    query = widget.query
    if query is None:
        if not is_filter(widget.kind):
            yield "it asks no query: add queries with fields"
        return
    dataset = dashboard.datasets.get(query.dataset)
    if dataset is None:
        yield f"there is no dataset {query.dataset}"
        return
    asked = {one.name: one.expression for one in query.fields}
    for field in sorted({channel.field for channel in widget.channels} - asked.keys()):
        yield f"it draws {field}, which its query does not ask for"
    for field in sorted(asked.keys() - {channel.field for channel in widget.channels}):
        yield f"it asks for {field} and does not draw it"
    for channel in widget.channels:
        if channel.field in asked:
            yield from _of_channel(channel, asked[channel.field], dataset)
    if is_filter(widget.kind) and query.is_disaggregated:
        yield "a filter's query must not be disaggregated"


def _of_channel(channel: Channel, expression: str, dataset: Dataset) -> Iterator[str]:
    """A percentage takes a ratio, an amount names its currency."""
    try:
        read = columns_read(expression, dataset.calculated)
    except PaymentAnalysisError as error:
        yield error.message
        return
    kind = channel.format.kind if channel.format else ""
    scaled = sorted(name for name in {*read, *_INNER.findall(expression)} if _SCALED.search(name))
    if kind == PERCENT and scaled:
        yield f"{channel.field} is a ratio 0..1 by its format and reads {scaled[0]}, which counts to 100: divide it"
    money = _INNER.fullmatch(expression.removeprefix("SUM(").removeprefix("AVG(").removesuffix(")"))
    if money and _MONEY.fullmatch(money[1]) and kind != CURRENCY and channel.name != "size":
        yield f"{channel.field} is an amount: give it the format {CURRENCY}"
    if kind == CURRENCY and channel.format and not re.fullmatch("[A-Z]{3}", channel.format.currency):
        yield f"{channel.field} is an amount without a currency"
