"""The dashboards' addresses, asked over a small simulated lakehouse."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.backend.fakes import Always, nowhere, simulated

from payment_analysis.backend.app import create_app
from payment_analysis.backend.routes.dashboard_models import PageData
from payment_analysis.backend.routes.dashboards import _gallery
from payment_analysis.dashboards.gallery import Gallery
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.lakehouse import Lakehouse

NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)
PAGE = "/api/dashboards/executive_overview/pages/executive_summary"


@pytest.fixture(scope="module")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Lakehouse:
    return simulated(tmp_path_factory.mktemp("pages") / "home", attempts=3_000, days=30)


def ask(lakehouse: Lakehouse, method: str, path: str, body: Any = None, folder: Path | None = None) -> httpx.Response:
    async def one() -> httpx.Response:
        app = create_app(lakehouse, nowhere(), asking=Always(), clock=lambda: NOW)
        if folder is not None:
            app.dependency_overrides[_gallery] = lambda: Gallery(folder)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            return await client.request(method, path, json=body)

    return asyncio.run(one())


def test_the_gallery_names_twelve_dashboards_by_category(lakehouse: Lakehouse) -> None:
    listed = ask(lakehouse, "GET", "/api/dashboards").json()["dashboards"]

    assert len(listed) == 12
    assert listed[0]["id"] == "executive_overview"
    assert {one["category"] for one in listed} == {"executive", "operations", "analytics", "technical"}
    assert all(one["description"] and one["pages"] and not one["faults"] for one in listed)


def test_a_broken_file_is_named_and_hides_no_other(lakehouse: Lakehouse, repository: Path, tmp_path: Path) -> None:
    good = repository / "dashboards" / "global_coverage.lvdash.json"
    (tmp_path / good.name).write_bytes(good.read_bytes())
    (tmp_path / "mine.lvdash.json").write_text("{", encoding="utf-8")

    listed = ask(lakehouse, "GET", "/api/dashboards", folder=tmp_path).json()["dashboards"]

    assert [(one["file"], bool(one["faults"])) for one in listed] == [(good.name, False), ("mine.lvdash.json", True)]


def test_a_dashboard_is_normalised_and_carries_the_currency_of_the_data(lakehouse: Lakehouse) -> None:
    board = ask(lakehouse, "GET", "/api/dashboards/executive_overview").json()
    widgets = {one["name"]: one for one in board["pages"][0]["widgets"]}

    (value, period) = widgets["total_value_kpi"]["channels"]
    assert value["format"] == {
        "kind": "number-currency",
        "currency": "BRL",
        "decimals": 2,
        "is_exact": False,
        "is_compact": True,
    }
    assert (period["name"], period["field"]) == ("period", "daily(event_date)")
    assert widgets["geography_performance"]["channels"][0]["dimension"] == "country"
    assert widgets["heading"]["lines"][0].startswith("# ")
    assert board["raw"]["pages"]


def test_the_spec_is_the_file(lakehouse: Lakehouse, repository: Path) -> None:
    answer = ask(lakehouse, "GET", "/api/dashboards/daily_trends/spec")

    assert answer.json() == json.loads((repository / "dashboards" / "daily_trends.lvdash.json").read_text("utf-8"))
    assert 'filename="daily_trends.lvdash.json"' in answer.headers["content-disposition"]


def test_a_page_answers_with_rows_sql_and_the_period_before(lakehouse: Lakehouse) -> None:
    answer = ask(lakehouse, "POST", f"{PAGE}/data", {"scope": {"range": "7d"}, "compare": "previous"})
    page = PageData.model_validate(answer.json())
    widgets = {one.name: one for one in page.widgets}

    assert page.state == "complete"
    assert page.scope["from"] == (page.compared_with or {})["to"]
    assert page.data.is_simulated
    assert page.data.attempts == 3_000
    assert page.data.version >= 0
    assert page.data.age_seconds == pytest.approx((NOW - (page.data.as_of or NOW)).total_seconds())
    assert isinstance(widgets["approval_rate_kpi"].previous, float)
    assert widgets["approval_trends"].grain == "hour"
    assert widgets["approval_trends"].sql.startswith("with dataset as (")
    assert all(one.rows and one.columns for one in page.widgets)


def test_a_widget_that_cannot_be_filtered_says_so_and_leaves_the_others_alone(lakehouse: Lakehouse) -> None:
    path = "/api/dashboards/streaming_data_quality/pages/data_quality/data"

    page = ask(lakehouse, "POST", path, {"scope": {"network": "visa"}}).json()

    errors = {one["name"]: one["error"] for one in page["widgets"] if one["error"]}
    assert page["state"] == "partial"
    assert set(errors) == {"records_rejected", "rejected_records", "uc_metrics_table"}
    assert errors["uc_metrics_table"]["hint"] == "leave network out for this question"
    assert any(one["rows"] for one in page["widgets"] if not one["error"])


def test_the_rows_of_a_widget_are_given_as_csv(lakehouse: Lakehouse) -> None:
    answer = ask(lakehouse, "POST", f"{PAGE}/widgets/top_decline_reasons/csv", {"scope": {"network": "visa"}})
    header, *rows = csv.reader(io.StringIO(answer.text))

    assert header[:3] == ["Reason", "Who can change it", "Declines"]
    assert 1 <= len(rows) <= 10
    assert answer.headers["x-rows-cut"] == "false"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/dashboards/none", None, 404),
        ("GET", "/api/dashboards/..%2f..%2fpyproject", None, 404),
        ("POST", "/api/dashboards/executive_overview/pages/none/data", {}, 404),
        ("POST", f"{PAGE}/widgets/none/csv", {}, 404),
        ("POST", f"{PAGE}/widgets/heading/csv", {}, 404),
        ("POST", f"{PAGE}/data", {"scope": {"range": "8d"}}, 422),
        ("POST", f"{PAGE}/data", {"scope": {"colour": "red"}}, 422),
        ("POST", f"{PAGE}/data", {"compare": "yesterday"}, 422),
        ("POST", f"{PAGE}/data", {"scope": {"network": "visa' or 1=1 --"}}, 422),
    ],
)
def test_what_is_wrong_is_a_problem_document(
    lakehouse: Lakehouse, method: str, path: str, body: Any, status: int
) -> None:
    answer = ask(lakehouse, method, path, body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["hint"]


def test_before_anything_is_built_a_page_is_a_503_and_a_dashboard_can_be_looked_at(tmp_path: Path) -> None:
    empty = Home(tmp_path / "home").lakehouse()

    assert ask(empty, "POST", f"{PAGE}/data", {}).status_code == 503
    assert ask(empty, "GET", "/api/dashboards/executive_overview").status_code == 200
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum(a1)", "\tx"])
def test_text_that_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    from payment_analysis.backend.routes.dashboards import _safe

    assert _safe(text) == f"'{text}"
    assert _safe(-1.5) == -1.5
