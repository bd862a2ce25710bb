"""The linter finds each mistake that it is there for, and names the place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.dashboards.files import changed, reread, widget

from payment_analysis.dashboards.lint import faults
from payment_analysis.dashboards.reading import read, read_file
from payment_analysis.domain.errors import BadFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOARD = "executive_overview"
KPI, TABLE, BAR, LINE = "approval_rate_kpi", "top_decline_reasons", "geography_performance", "approval_trends"


def query(raw: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = widget(raw, name)["queries"][0]["query"]
    return found


def spec(raw: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = widget(raw, name)["spec"]
    return found


def position(raw: Any, name: str) -> dict[str, int]:
    found: dict[str, int] = next(
        item["position"] for page in raw["pages"] for item in page["layout"] if item["widget"]["name"] == name
    )
    return found


def rewrite(raw: Any, old: str, new: str) -> None:
    """Replace words of the first dataset's SQL."""
    raw["datasets"][0]["queryLines"] = [line.replace(old, new) for line in raw["datasets"][0]["queryLines"]]


MISTAKES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a word nobody knows": (lambda raw: spec(raw, LINE).update(colour="red"), "colour is not a word of a line"),
    "an old version": (lambda raw: spec(raw, KPI).update(version=3), "the version of a counter is 2, not 3"),
    "an invented kind": (lambda raw: spec(raw, BAR).update(widgetType="bar-chart"), "there is no widget bar-chart"),
    "a missing channel": (lambda raw: spec(raw, LINE)["encodings"].pop("y"), "a line needs y"),
    "an unknown channel": (lambda raw: spec(raw, LINE)["encodings"].update(z={}), "a line has no z"),
    "an unbound field": (
        lambda raw: spec(raw, KPI)["encodings"]["value"].update(fieldName="approval"),
        "it draws approval, which its query does not ask for",
    ),
    "a field not drawn": (
        lambda raw: query(raw, LINE)["fields"].append({"name": "n", "expression": "COUNT(`*`)"}),
        "it asks for n and does not draw it",
    ),
    "no dataset": (lambda raw: query(raw, LINE).update(datasetName="none"), "there is no dataset none"),
    "a dataset nobody uses": (
        lambda raw: raw["datasets"].append({"name": "idle", "displayName": "Idle", "queryLines": ["SELECT 1 AS n"]}),
        "dataset idle: no widget uses it",
    ),
    "a name used twice": (lambda raw: widget(raw, LINE).update(name=BAR), f"widget {BAR}: the name is used twice"),
    "an overlap": (lambda raw: position(raw, BAR).update(y=5), f"it overlaps {LINE}"),
    "a hole": (lambda raw: position(raw, KPI).update(width=2), "row 2 is empty from column 5"),
    "beyond the edge": (lambda raw: position(raw, KPI).update(x=11), "it lies beyond the 12 columns"),
    "no title": (lambda raw: spec(raw, KPI)["frame"].pop("title"), "it has no title"),
    "a number nobody explains": (lambda raw: spec(raw, KPI)["frame"].pop("description"), "needs a description"),
    "a title that asks nothing": (lambda raw: spec(raw, BAR)["frame"].update(title="Countries"), "asks no question"),
    "a percentage of a percentage": (
        lambda raw: query(raw, TABLE)["fields"][3].update(expression="`pct_of_declines_pct`"),
        "which counts to 100: divide it",
    ),
    "an amount without its currency": (
        lambda raw: spec(raw, TABLE)["encodings"]["columns"][4]["format"].update(type="number"),
        "total_declined_value is an amount",
    ),
    "two currencies": (
        lambda raw: spec(raw, TABLE)["encodings"]["columns"][4]["format"].update(currencyCode="EUR"),
        "amounts are written in BRL, EUR",
    ),
    "a schema in the SQL": (lambda raw: rewrite(raw, "v_approval_kpis", "gold.v_approval_kpis"), "use the bare name"),
    "a star": (lambda raw: rewrite(raw, "total_value, approved_value,", "*,"), "it selects *"),
    "two statements": (lambda raw: rewrite(raw, "v_approval_kpis", "v_approval_kpis; SELECT 1"), "not one SELECT"),
    "lines that run together": (
        lambda raw: raw["datasets"][0].update(queryLines=["SELECT 1 AS n", "FROM countries"]),
        "line 1 does not end in a space",
    ),
    "an undeclared parameter": (
        lambda raw: rewrite(raw, "v_approval_kpis", "v_approval_kpis WHERE event_date > :since"),
        "the parameter since is not declared",
    ),
    "a measure there is not": (
        lambda raw: query(raw, KPI)["fields"][0].update(expression="MEASURE(`Approval`)"),
        "the dataset has no measure Approval",
    ),
    "a filter of no query": (
        lambda raw: spec(raw, "filter_network")["encodings"]["fields"][0].update(queryName="none"),
        "its query none does not exist",
    ),
    "a filter that does not group": (
        lambda raw: query(raw, "filter_network").update(disaggregated=True),
        "a filter's query must not be disaggregated",
    ),
    "a grid of six columns": (lambda raw: raw["pages"][0].pop("layoutVersion"), "without it the grid has six columns"),
    "a format there is not": (
        lambda raw: spec(raw, TABLE)["encodings"]["columns"][3]["format"].update(type="percent"),
        "there is no format percent",
    ),
}


@pytest.mark.parametrize(("spoil", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_found_and_named(spoil: Callable[[Any], Any], message: str) -> None:
    raw = changed(BOARD)

    spoil(raw)

    assert any(message in str(fault) for fault in faults(reread(raw)))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"datasets": []}', '{"datasets": [], "pages": [{"name": "a"}]}', "\x00", '{"pages": 1}']
)
def test_what_is_no_dashboard_is_a_bad_file_that_names_the_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.lvdash.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadFile, match=r"mine\.lvdash\.json"):
        read_file(path)


def test_a_file_without_texts_is_called_by_its_name() -> None:
    board = read("my_board", {"datasets": [], "pages": []})

    assert (board.title, board.description, board.category) == ("My board", "", "own")
