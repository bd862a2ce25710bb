"""A page within a scope: the datasets over only what is in scope, the period before, and a coarser unit of time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.dashboards.files import BOARDS, PAGE_NAMES, PAGES
from tests.lakehouse.scope_attempts import NOW
from tests.lakehouse.scope_world import asked, copy, plain

from payment_analysis.dashboards.page_data import Asking, Compare, compared, page_data
from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.scope import TICK, Scope
from payment_analysis.lakehouse.dialect import to_duckdb
from payment_analysis.lakehouse.query import QueryResult
from payment_analysis.lakehouse.scope import bound

if TYPE_CHECKING:
    from payment_analysis.dashboards.dashboard import Dashboard, Dataset, Page
    from payment_analysis.lakehouse.lakehouse import Lakehouse

DAY = timedelta(days=1)
SCOPES = {
    "everything": Scope(),
    "two filters": Scope(networks=("visa",), countries=("BR",)),
    "range": Scope(start=NOW - 80 * DAY, end=NOW - 45 * DAY),
    "range and filter": Scope(start=NOW - 60 * DAY, end=NOW - DAY, segments=("travel",)),
}
# Over something other than attempts: these know time at most, and say so when they are filtered by more.
UNDIVIDED = ("payments_quarantine_bronze", "v_false_insights_metric", "v_uc_data_quality_metrics")
DATASETS = {f"{board.id}/{one.name}": one for board in BOARDS.values() for one in board.datasets.values()}
DIVIDED = {name: one for name, one in DATASETS.items() if not any(view in one.sql for view in UNDIVIDED)}


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize("dataset", DIVIDED.values(), ids=DIVIDED)
def test_a_scoped_dataset_is_the_dataset_over_only_what_is_in_scope(dataset: Dataset, scope: Scope) -> None:
    own_window_gone = re.sub(r"INTERVAL \d+ DAYS", "INTERVAL 40000 DAYS", dataset.sql) if scope.range else dataset.sql

    rows = asked(*bound(dataset.sql, scope))

    assert plain(rows) == plain(copy(scope).rows(to_duckdb(own_window_gone)))


@pytest.mark.parametrize("view", UNDIVIDED)
def test_a_dataset_that_cannot_be_filtered_says_so(view: str) -> None:
    (dataset, *_) = [one for one in DATASETS.values() if view in one.sql]

    with pytest.raises(BadInput, match="cannot be filtered by network"):
        bound(dataset.sql, Scope(networks=("visa",)))


def test_a_counter_within_a_scope_is_what_silver_says_now_and_before(lakehouse: Lakehouse) -> None:
    end = lakehouse.rows("select max(as_of) as as_of from data_clock")[0]["as_of"] + TICK
    scope = Scope(start=end - 7 * DAY, end=end, networks=("visa",))
    before = compared(scope, Compare.PREVIOUS)
    board = BOARDS["executive_overview"]

    found = page_data(board, board.pages[0], Asking(lakehouse, scope, before))

    rates = [
        lakehouse.rows(
            "select count(*) as attempts, count_if(is_approved and is_authorization) / count_if(is_authorization) as rate"
            " from payments_enriched_silver where is_sale and card_network = 'visa'"
            f" and event_timestamp >= timestamp '{start:%Y-%m-%d %H:%M:%S.%f}Z'"
            f" and event_timestamp < timestamp '{start + 7 * DAY:%Y-%m-%d %H:%M:%S.%f}Z'"
        )[0]
        for start in (end - 7 * DAY, end - 14 * DAY)
    ]
    attempts, rate = found["total_transactions_kpi"], found["approval_rate_kpi"]
    assert [attempts.value, attempts.previous] == [row["attempts"] for row in rates]
    assert [rate.value, rate.previous] == pytest.approx([row["rate"] for row in rates])
    assert found["payment_metrics_by_network"].rows == (("visa", attempts.value),)
    assert found["approval_trends"].previous is None


@pytest.mark.parametrize(("board", "page"), PAGES, ids=PAGE_NAMES)
def test_a_narrow_scope_with_its_weekday_before_breaks_no_widget(
    lakehouse: Lakehouse, board: Dashboard, page: Page
) -> None:
    hour = Scope(start=datetime(2026, 10, 30, 12, tzinfo=UTC), end=datetime(2026, 10, 30, 13, tzinfo=UTC))
    scope = replace(hour, networks=("visa",), countries=("BR", "(none)"), time_zone="America/Sao_Paulo")

    found = page_data(board, page, Asking(lakehouse, scope, compared(scope, Compare.WEEKDAY)))

    broken = [one for one in found.values() if one.error and "cannot be filtered by" not in one.error.message]
    assert [f"{one.name}: {one.error}" for one in broken] == []
    assert any(not one.error for one in found.values())


@pytest.mark.parametrize("scope", ["network=visa", "range=7d"])
@pytest.mark.parametrize(("board", "page"), PAGES, ids=PAGE_NAMES)
def test_datasets_that_share_a_view_say_what_each_says_alone(
    board: Dashboard, page: Page, scope: str, lakehouse: Lakehouse
) -> None:
    (clock,) = lakehouse.rows("select as_of from data_clock")
    within = Scope.from_parameters(dict([scope.split("=")]), now=clock["as_of"] + TICK)
    names = {widget.query.dataset for widget in page.widgets if widget.query}
    datasets = {name: (board.datasets[name].sql, {"all": "SELECT * FROM dataset"}) for name in names}
    sharing = lakehouse.shared({name: sql for name, (sql, _) in datasets.items()}, within)

    for view, readers in sharing.items():
        together = lakehouse.staged_over(view, {name: datasets[name] for name in readers}, within)
        for name in readers:
            alone, answers = lakehouse.staged(datasets[name][0], within, datasets[name][1])["all"], together[name]
            assert isinstance(answers, dict)
            assert _as_set(answers["all"]) == _as_set(alone)


def test_two_pages_compute_a_view_once_for_several_datasets(lakehouse: Lakehouse) -> None:
    shared = {
        (board.id, page.name): lakehouse.shared(
            {w.query.dataset: board.datasets[w.query.dataset].sql for w in page.widgets if w.query},
            Scope(networks=("visa",)),
        )
        for board, page in PAGES
    }

    assert shared["realtime_monitoring", "this_minute"] == {"v_control_band": ("band", "alert_log")}
    assert shared["routing_optimization", "network_tokens"] == {"v_token_uplift_by_issuer": ("tokens", "token_issuers")}


def _as_set(answer: object) -> tuple[list[str], list[str]]:
    assert isinstance(answer, QueryResult), answer
    return answer.columns, sorted(map(repr, answer.rows))


def test_only_a_range_has_a_period_before() -> None:
    week = Scope(start=datetime(2026, 1, 5, tzinfo=UTC), end=datetime(2026, 1, 12, tzinfo=UTC))

    assert compared(Scope(networks=("visa",)), Compare.PREVIOUS) is None
    assert compared(week, Compare.NONE) is None
    assert compared(week, Compare.PREVIOUS) == compared(week, Compare.WEEKDAY) == week.previous()


@pytest.mark.parametrize(("days", "grain", "points"), [(7, "hour", 168), (15, "hour", 360), (16, "day", 17)])
def test_a_long_line_is_drawn_in_a_coarser_unit(lakehouse: Lakehouse, days: int, grain: str, points: int) -> None:
    end = datetime(2026, 10, 31, tzinfo=UTC)
    board = BOARDS["executive_overview"]

    found = page_data(board, board.pages[0], Asking(lakehouse, Scope(start=end - days * DAY, end=end)))

    line = found["approval_trends"]
    assert line.grain == grain
    assert points * 0.9 <= len(line.rows) <= points
