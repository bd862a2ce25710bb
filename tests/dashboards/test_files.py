"""The twelve files: their grammar, their words and how they are laid out."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import jsonschema
import pytest
from tests.dashboards.files import BOARDS, FILES, PAGES, widgets
from tests.dashboards.published_rules import published_faults, published_schema

from payment_analysis.dashboards.dashboard import Category
from payment_analysis.dashboards.grammar import DIMENSIONS, KINDS, TEXT, is_filter
from payment_analysis.dashboards.lint import faults
from payment_analysis.dashboards.reading import CATEGORIES
from payment_analysis.domain.scope import Dimension

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.dashboards.dashboard import Dashboard, Page

# What a widget of each dashboard must still answer: the titles of the two documents' dashboards.
INTENTS = {
    "executive_overview": "total_transactions_kpi approval_rate_kpi total_value_kpi avg_fraud_score_kpi approval_trends "
    "geography_performance top_decline_reasons payment_metrics_by_segment payment_metrics_by_network",
    "decline_analysis": "decline_by_reason recovery_opportunities decline_trend retry_performance decline_metrics_uc",
    "realtime_monitoring": "last_hour_transactions last_hour_approval last_hour_declines high_risk_count active_alerts "
    "solution_performance network_performance segment_performance",
    "fraud_risk_analysis": "avg_fraud_score avg_aml_risk high_risk_txns auth_3ds_usage fraud_by_geography "
    "fraud_trend_hourly active_fraud_alerts segment_fraud_breakdown",
    "merchant_performance": "unique_merchants unique_countries avg_transaction_amount segment_overview "
    "segment_approval_rates segment_details geography_breakdown merchant_metrics_uc",
    "routing_optimization": "solution_comparison network_comparison solution_performance_details "
    "network_performance_details retry_effectiveness retry_details recovery_opportunities",
    "daily_trends": "period_start period_end daily_volume_trend daily_approval_trend daily_value_trend "
    "daily_fraud_trend daily_details",
    "authentication_security": "overall_3ds_usage total_secured_txns with_3ds_rate usage_by_segment usage_and_approval "
    "adoption_trend authentication_details usage_by_geography",
    "financial_impact": "total_approved_value total_declined_value avg_transaction_value total_recovery_potential "
    "value_by_segment value_by_geography declined_value_by_reason recovery_roi_analysis retry_recovered_value "
    "value_trend_daily",
    "performance_latency": "avg_latency_overall p95_latency p99_latency slow_txns_count latency_by_solution "
    "latency_by_network latency_distribution latency_vs_approval performance_details hourly_latency_trend",
    "streaming_data_quality": "bronze_24h silver_24h retention_pct ingestion_chart processed_chart "
    "quality_summary_table uc_metrics_table",
    "global_coverage": "countries_kpi global_volume_kpi global_value_kpi global_approval_kpi world_map_volume "
    "by_country_table",
}


def test_there_are_the_twelve_dashboards_of_the_documents() -> None:
    assert set(BOARDS) == set(CATEGORIES) == set(INTENTS)
    assert Category.OWN not in CATEGORIES.values()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_a_file_keeps_to_the_subset_of_the_grammar(path: Path, shared_data: Path) -> None:
    problems = jsonschema.Draft202012Validator(published_schema(shared_data)).iter_errors(dict(BOARDS[_id(path)].raw))

    assert [(list(one.absolute_path), one.message) for one in problems] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_a_file_keeps_the_rules_found_on_exported_dashboards(path: Path, shared_data: Path) -> None:
    assert published_faults(shared_data, BOARDS[_id(path)].raw) == []


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_our_linter_finds_nothing(board: Dashboard) -> None:
    assert [str(fault) for fault in faults(board)] == []


@pytest.mark.parametrize(("board", "names"), INTENTS.items(), ids=INTENTS)
def test_every_widget_of_the_documents_is_still_there(board: str, names: str) -> None:
    assert set(names.split()) <= {widget.name for _, widget in BOARDS[board].widgets()}


@pytest.mark.parametrize(("board", "page"), PAGES, ids=[f"{board.id}/{page.name}" for board, page in PAGES])
def test_a_page_begins_with_its_question_and_has_six_to_ten_widgets(board: Dashboard, page: Page) -> None:
    kinds = [widget.kind for widget in page.widgets]

    if page.is_filters:
        assert all(map(is_filter, kinds))
    else:
        assert kinds[0] == TEXT
        assert page.widgets[0].lines[0].startswith("# ")
        assert 6 <= len(kinds) - 1 <= 10, board.id


def test_the_kinds_of_widgets_are_many_and_every_dashboard_can_be_filtered() -> None:
    kinds = Counter(widget.kind for board in BOARDS.values() for _, widget in board.widgets())
    drawn = {"counter", "table", "bar", "line", "area", "pie", "scatter", "heatmap", "combo", "pivot", "sankey"}

    assert {*drawn, "choropleth-map", "filter-multi-select", "filter-date-range-picker"} <= kinds.keys()
    assert all(any(page.is_filters for page in board.pages) for board in BOARDS.values())
    assert kinds["table"] < kinds["counter"]


def test_the_maps_read_country_codes() -> None:
    raw = BOARDS["global_coverage"].raw
    maps = [one["spec"]["encodings"]["region"]["admin0"] for one in widgets(raw) if one["name"].startswith("world_map")]

    assert [(one["fieldName"], one["geographicRole"]) for one in maps] == [("country", "admin0-unit-code")] * 2


def test_every_dimension_of_the_scope_is_a_column_that_a_click_can_filter_by() -> None:
    assert set(DIMENSIONS.values()) == set(Dimension)


def test_every_kind_of_widget_has_one_version() -> None:
    assert all(re.fullmatch("[a-z-]+", kind) and one.version in {1, 2, 3} for kind, one in KINDS.items())


def _id(path: Path) -> str:
    return path.name.removesuffix(".lvdash.json")
