"""The tools answer what they promise, here and as functions of Unity Catalog."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlglot
from sqlglot import exp
from tests.agents.conftest import END

from payment_analysis.agents.analyses import ANALYSES
from payment_analysis.agents.tool import load_tools, tool_named
from payment_analysis.agents.toolbox import Toolbox
from payment_analysis.agents.uc_functions import function_statements
from payment_analysis.cli.door import main
from payment_analysis.domain.errors import BadInput, NotFound
from payment_analysis.domain.scope import Scope
from payment_analysis.lakehouse.table import load_sources, load_tables
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.configuration import ApprovalRule

if TYPE_CHECKING:
    from tests.agents.conftest import Ground

OF_THE_DOCUMENTS = {
    "get_route_performance", "get_cascade_recommendations", "get_retry_success_rates", "get_recovery_opportunities",
    "get_decline_trends", "get_decline_by_segment", "get_high_risk_transactions", "get_risk_distribution",
    "get_kpi_summary", "get_optimization_opportunities", "get_trend_analysis", "get_active_approval_rules",
    "get_recent_incidents", "get_online_features", "get_approval_recommendations", "get_decision_outcomes",
}  # fmt: skip
GIVEN: dict[str, dict[str, Any]] = {"get_cascade_recommendations": {"merchant_segment": "Retail"}}
ON = {"status": "active", "is_active": True, "action_kind": "delay", "owner": "a", "changed_by": "a"}
WEEK = Scope(start=END - timedelta(days=14), end=END - timedelta(days=7), networks=("visa",))


def test_the_tools_of_the_documents_are_there() -> None:
    assert load_tools().keys() >= OF_THE_DOCUMENTS
    assert len(ANALYSES) == 5


@pytest.mark.parametrize("name", load_tools())
def test_a_tool_answers_with_the_columns_it_promises(ground: Ground, name: str) -> None:
    tool = load_tools()[name]

    answer = Toolbox(ground.lakehouse, ground.store).call(name, GIVEN.get(name, {}))

    assert all(list(row) == list(tool.columns) for row in answer.rows)
    assert len(answer.rows) <= tool.rows_max


def test_a_scope_reaches_below_every_tool(ground: Ground) -> None:
    box = Toolbox(ground.lakehouse)

    (part,) = box.call("get_kpi_summary", scope=WEEK).rows
    networks = {row["card_network"] for row in box.call("get_route_performance", scope=WEEK).rows}

    assert networks == {"visa"}
    assert part["period_start"] >= WEEK.parameters()["from"].removesuffix("Z")
    assert part["period_end"] < WEEK.parameters()["to"]


def test_the_sql_of_an_answer_gives_the_same_rows_again(ground: Ground) -> None:
    answer = Toolbox(ground.lakehouse).call("get_recovery_opportunities", {"min_amount": 20}, WEEK)

    again = ground.lakehouse.query(answer.sql)

    assert again.columns == list(answer.columns)
    assert len(again.rows) == len(answer.rows)


def test_tools_of_the_store_read_what_people_wrote(ground: Ground) -> None:
    with ground.store.change(SYSTEM) as session:
        session.add(ApprovalRule(name="r1", rule_type="retry", condition_expression=None, action_summary="wait", **ON))
    box = Toolbox(ground.lakehouse, ground.store)

    assert [row["name"] for row in box.call("get_active_approval_rules", {"rule_type": "retry"}).rows] == ["r1"]
    assert box.call("get_active_approval_rules", {"rule_type": "routing"}).rows == ()
    assert "get_active_approval_rules" not in Toolbox(ground.lakehouse).names


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("get_risk_distributions", {}, "get_risk_distribution"),
        ("get_kpi_summary", {"x": 1}, "takes no arguments"),
        ("get_cascade_recommendations", {}, "merchant_segment"),
        ("get_cascade_recommendations", {"merchant_segment": "a" * 3000}, "characters"),
        ("get_high_risk_transactions", {"threshold": 2}, "0 to 1"),
        ("get_high_risk_transactions", {"threshold": "nan"}, "threshold"),
        ("get_active_approval_rules", {"rule_type": "all"}, "routing"),
        ("analyze_retry", {"mode": "all"}, "waits"),
    ],
)
def test_a_wrong_call_says_what_is_right(ground: Ground, name: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises((BadInput, NotFound)) as caught:
        Toolbox(ground.lakehouse, ground.store).call(name, given)

    assert said in caught.value.hint


def test_a_value_is_never_sql(ground: Ground) -> None:
    hostile = "x' or '1'='1"

    answer = Toolbox(ground.lakehouse).call("get_cascade_recommendations", {"merchant_segment": hostile})

    assert answer.rows == ()
    assert ground.lakehouse.query(answer.sql).rows == []


def test_an_analysis_answers_as_the_tool_of_its_mode(ground: Ground) -> None:
    box = Toolbox(ground.lakehouse)

    assert box.call("analyze_retry", {"mode": "waits"}).rows == box.call("get_retry_waits").rows
    assert {tool_named(name).room for one in ANALYSES.values() for name in one.modes.values()} == {"lakehouse"}


@pytest.mark.parametrize("name", [*load_tools(), *ANALYSES])
def test_every_tool_is_a_function_of_unity_catalog(name: str) -> None:
    statement = function_statements("main", "payments")[name]

    head, _, body = statement.partition("\nRETURN\n")
    (parsed,) = sqlglot.parse(body, dialect="databricks")

    assert isinstance(parsed, exp.Query)
    assert head.startswith(f"CREATE OR REPLACE FUNCTION `main`.`payments`.`{name}`(")
    assert ":" not in body.replace("::", "")
    steps = {step.alias for step in parsed.find_all(exp.CTE)}
    read = [table for table in parsed.find_all(exp.Table) if table.name not in steps and table.name]
    assert {(table.catalog, table.db) for table in read} <= {("main", "payments")}
    if name in load_tools() and load_tools()[name].room == "lakehouse":
        assert {table.name for table in read} <= {*load_sources(), *load_tables()}


def test_a_schema_that_is_no_name_is_refused() -> None:
    with pytest.raises(BadInput, match="no name"):
        function_statements("main", "x`; drop schema y")


def test_the_command_line_lists_and_calls(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as listed:
        main(["tools"])
    with pytest.raises(SystemExit) as called:
        main(["tools", "get_kpi_summary", "--home", str(ground.home.path), "--json"])

    said = capsys.readouterr().out
    assert (listed.value.code, called.value.code) == (0, 0)
    assert "get_issuer_route_gaps" in said
    assert '"first_attempt_rate_pct"' in said
