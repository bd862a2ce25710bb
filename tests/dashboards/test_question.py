"""Field expressions and queries as SQL, case by case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.dashboards.files import changed, reread, widget

from payment_analysis.dashboards.dashboard import Channel, Dataset, Field, Position, Query, Widget
from payment_analysis.dashboards.expression import columns_read, is_aggregate, written_out
from payment_analysis.dashboards.question import question
from payment_analysis.domain.errors import BadQuery
from payment_analysis.lakehouse.dialect import to_duckdb

CALCULATED = {"Rate": "SUM(`won`) / NULLIF(SUM(`tried`), 0)", "Twice": "`tried` * 2"}
DATASET = Dataset("numbers", "Numbers", "SELECT 1 AS tried", CALCULATED)

CASES = """
    `tried`                          | `tried`                                         | row
    SUM(`tried`)                     | SUM(`tried`)                                    | many
    COUNT(`*`)                       | COUNT(*)                                        | many
    COUNT(DISTINCT `who`)            | COUNT(DISTINCT `who`)                           | many
    DATE_TRUNC("DAY", `at`)          | DATE_TRUNC('DAY', `at`)                         | row
    MEASURE(`Rate`)                  | (SUM(`won`) / NULLIF(SUM(`tried`), 0))          | many
    BIN_FLOOR(`tried`, 10)           | FLOOR(`tried` / 10) * 10                        | row
    `Twice`                          | (`tried` * 2)                                   | row
    SUM(`Twice`)                     | SUM((`tried` * 2))                              | many
    MAX(`tried`) - MIN(`tried`)      | MAX(`tried`) - MIN(`tried`)                     | many
"""


@pytest.mark.parametrize("case", CASES.strip().splitlines())
def test_an_expression_is_written_out(case: str) -> None:
    text, expected, kind = (part.strip() for part in case.split("|"))

    tree = written_out(text, CALCULATED)

    assert (tree.sql("databricks"), is_aggregate(tree)) == (expected, kind == "many")
    assert to_duckdb(f"select {tree.sql('databricks')} as x from numbers")


def test_the_columns_behind_a_measure_are_known() -> None:
    assert columns_read("MEASURE(`Rate`)", CALCULATED) == {"won", "tried"}


@pytest.mark.parametrize("text", ["SUM(", "MEASURE(`None`)", ""])
def test_an_expression_that_means_nothing_is_a_named_error(text: str) -> None:
    with pytest.raises(BadQuery):
        written_out(text, CALCULATED)


def bars(*, sort: str = "", disaggregated: bool = False, filters: tuple[str, ...] = ()) -> Widget:
    fields = (Field("who", "`who`"), Field("sum(tried)", "SUM(`tried`)"))
    query = Query("numbers", fields, disaggregated, filters)
    x = Channel("x", "who", "Who", scale="categorical", sort=sort)
    return Widget(
        "bars",
        "bar",
        Position(0, 0, 1, 1),
        query=query,
        channels=(x, Channel("y", "sum(tried)", "Tried", "quantitative")),
    )


def flat(sql: str) -> str:
    return " ".join(sql.split())


def test_a_query_groups_by_what_is_not_an_aggregate() -> None:
    assert flat(question(bars(), DATASET)) == (
        "SELECT `who` AS `who`, SUM(`tried`) AS `sum(tried)` FROM dataset GROUP BY 1 ORDER BY `who` ASC NULLS LAST"
    )


def test_a_sorted_axis_orders_the_rows_so_that_the_largest_come_first() -> None:
    assert flat(question(bars(sort="y-reversed"), DATASET)).endswith("ORDER BY `sum(tried)` DESC, `who` ASC NULLS LAST")


def test_a_filter_over_groups_comes_after_grouping() -> None:
    sql = flat(question(bars(filters=("`who` <> 'x'", "SUM(`tried`) > 3")), DATASET))

    assert "FROM dataset WHERE `who` <> 'x' GROUP BY 1 HAVING SUM(`tried`) > 3" in sql


def test_a_disaggregated_query_keeps_the_rows_and_their_order() -> None:
    assert "GROUP BY" not in question(bars(disaggregated=True), DATASET)
    assert "ORDER BY" not in question(bars(disaggregated=True), DATASET)


def test_a_disaggregated_line_keeps_its_unit_of_time_over_any_range() -> None:
    raw = changed("executive_overview")
    query = widget(raw, "approval_trends")["queries"][0]["query"]
    query |= {"disaggregated": True, "fields": [query["fields"][0], {"name": "r", "expression": "`approval_rate`"}]}
    board = reread(raw)
    (line,) = [one for _, one in board.widgets() if one.name == "approval_trends"]

    assert "'HOUR'" in question(line, board.datasets["hourly"], within=timedelta(days=900))


def test_a_counter_is_asked_without_its_period() -> None:
    fields = (Field("sum(tried)", "SUM(`tried`)"), Field("day", 'DATE_TRUNC("DAY", `at`)'))
    counter = Widget("n", "counter", Position(0, 0, 1, 1), query=Query("numbers", fields, False))

    assert flat(question(counter, DATASET, leaving_out="day")) == "SELECT SUM(`tried`) AS `sum(tried)` FROM dataset"
