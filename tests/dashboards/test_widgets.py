"""Every widget of every file is asked of a simulated lakehouse: it answers, with what it draws, and says something."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from tests.dashboards.files import BOARDS, PAGES

from payment_analysis.dashboards.page_data import Asking, WidgetData, page_data
from payment_analysis.domain.errors import BadQuery
from payment_analysis.domain.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from payment_analysis.dashboards.dashboard import Dashboard, Page, Widget
    from payment_analysis.domain.errors import PaymentAnalysisError
    from payment_analysis.lakehouse.lakehouse import Lakehouse
    from payment_analysis.lakehouse.query import QueryResult

    Ask = Callable[[Dashboard, Page], dict[str, WidgetData]]

WIDGETS = [(board, page, widget) for board, page in PAGES for widget in page.widgets if widget.query is not None]
NAMES = [f"{board.id}/{page.name}/{widget.name}" for board, page, widget in WIDGETS]

# What a quiet month of four thousand attempts does not have, and why.
NOTHING_TO_SHOW = {
    "active_alerts": "no share lies beyond what is usual",
    "alert_log": "no share lay beyond what is usual",
    "active_fraud_alerts": "no share lay beyond what is usual",
    "control_band": "an hour has fewer attempts than an alert asks for",
    "rejected_records": "the simulated world sends nothing that must be put aside",
    "uc_metrics_table": "nothing has judged the tables",
    "false_insights": "nobody has reviewed an insight",
}
UNKNOWN_HERE = {("segment_fraud_breakdown", "sum(fraud_reported_value)"): "no fraud was reported in so few attempts"}


@pytest.fixture(scope="module")
def ask(lakehouse: Lakehouse) -> Ask:
    @cache
    def of_page(board: str, name: str) -> dict[str, WidgetData]:
        page = next(page for page in BOARDS[board].pages if page.name == name)
        return page_data(BOARDS[board], page, Asking(lakehouse, Scope()))

    return lambda board, page: of_page(board.id, page.name)


@pytest.mark.parametrize(("board", "page", "widget"), WIDGETS, ids=NAMES)
def test_a_widget_answers_with_every_field_it_draws(board: Dashboard, page: Page, widget: Widget, ask: Ask) -> None:
    found = ask(board, page)[widget.name]

    assert found.error is None, f"{widget.name}: {found.error}"
    assert {channel.field for channel in widget.channels} <= {name for name, _ in found.columns}
    assert "" not in {kind for _, kind in found.columns}


@pytest.mark.parametrize(("board", "page", "widget"), WIDGETS, ids=NAMES)
def test_a_widget_shows_something_unless_there_is_nothing(
    board: Dashboard, page: Page, widget: Widget, ask: Ask
) -> None:
    found = ask(board, page)[widget.name]
    shown = {channel.field for channel in widget.channels if _values(found, channel.field)}

    missing = {channel.field for channel in widget.channels} - shown
    if widget.name in NOTHING_TO_SHOW:
        assert missing, f"{widget.name} shows something by now: take it off the list"
    else:
        assert missing == {field for name, field in UNKNOWN_HERE if name == widget.name}
        assert not found.is_cut


@pytest.mark.parametrize(("board", "page", "widget"), WIDGETS, ids=NAMES)
def test_percentages_are_ratios_and_a_counter_is_one_number(
    board: Dashboard, page: Page, widget: Widget, ask: Ask
) -> None:
    found = ask(board, page)[widget.name]
    percentages = [one.field for one in widget.channels if one.format and one.format.kind == "number-percent"]

    assert all(-1 <= value <= 1 for field in percentages for value in _values(found, field))
    if widget.kind == "counter" and widget.name not in NOTHING_TO_SHOW:
        assert found.value is not None
        assert widget.channel("period") or len(found.rows) == 1


def test_the_series_of_a_counter_adds_up_to_its_number(ask: Ask) -> None:
    board = BOARDS["executive_overview"]
    found = ask(board, board.pages[0])

    attempts, value = found["total_transactions_kpi"], found["total_value_kpi"]

    assert sum(_values(attempts, "sum(total_transactions)")) == attempts.value
    assert sum(_values(value, "sum(total_value)")) == value.value


def test_every_printed_sql_runs_as_it_stands_and_passes_the_guard(lakehouse: Lakehouse, ask: Ask) -> None:
    printed = {
        f"{board.id}/{page.name}/{one.name}": one.sql
        for board, page in PAGES
        for one in ask(board, page).values()
        if not page.is_filters
    }

    refused = [name for name, sql in printed.items() if not lakehouse.query(sql, limit=1).columns]

    assert refused == []


class Renamed:
    """The lakehouse, one view of which calls a column otherwise."""

    def __init__(self, lakehouse: Lakehouse, view: str, old: str, new: str) -> None:
        self._lakehouse = lakehouse
        self._view, self._now = view, f"(select * except ({old}), {old} as {new} from {view})"

    def staged(
        self, dataset: str, scope: Scope, questions: Mapping[str, str], *, limit: int
    ) -> Mapping[str, QueryResult | PaymentAnalysisError]:
        return self._lakehouse.staged(dataset.replace(self._view, self._now), scope, questions, limit=limit)

    def shared(self, datasets: Mapping[str, str], scope: Scope) -> Mapping[str, tuple[str, ...]]:
        return {}

    def staged_over(
        self, view: str, datasets: Mapping[str, tuple[str, Mapping[str, str]]], scope: Scope, *, limit: int
    ) -> Mapping[str, Mapping[str, QueryResult | PaymentAnalysisError] | PaymentAnalysisError]:
        return self._lakehouse.staged_over(view, datasets, scope, limit=limit)

    def scoped(self, sql: str, scope: Scope) -> str:
        return self._lakehouse.scoped(sql, scope)


def test_a_renamed_column_of_a_view_is_the_error_of_the_widgets_that_draw_it(lakehouse: Lakehouse) -> None:
    renamed = Renamed(lakehouse, "v_card_network_performance", "approved_count", "approvals")
    board = BOARDS["realtime_monitoring"]

    found = page_data(board, board.pages[0], Asking(renamed, Scope()))

    errors = {name: one.error for name, one in found.items() if one.error}
    assert list(errors) == ["network_performance"]
    assert isinstance(errors["network_performance"], BadQuery)
    assert "approved_count" in errors["network_performance"].message
    assert found["solution_performance"].rows


def _values(found: WidgetData, field: str) -> list[Any]:
    place = [name for name, _ in found.columns].index(field)
    return [row[place] for row in found.rows if row[place] is not None]
