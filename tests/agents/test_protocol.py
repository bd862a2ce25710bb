"""A real MCP client lists the tools and calls them, in another process."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import anyio
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client

from payment_analysis.agents.proposing import PROPOSE
from payment_analysis.agents.protocol import answered, server_of
from payment_analysis.agents.toolbox import Toolbox
from payment_analysis.jobs.agents import toolbox_of
from payment_analysis.store.decisions import ProposedConfigChange

if TYPE_CHECKING:
    from tests.agents.conftest import Ground


def test_a_client_in_another_process_lists_and_calls(ground: Ground) -> None:
    arguments = ["-m", "payment_analysis.cli", "mcp", "--read-only", "--home", str(ground.home.path)]

    async def talk() -> tuple[set[str], Any, Any]:
        async with Client(stdio_client(StdioServerParameters(command=sys.executable, args=arguments))) as client:
            tools = await client.list_tools()
            figures = await client.call_tool("get_kpi_summary", {})
            wrong = await client.call_tool("get_cascade_recommendations", {})
            return {tool.name for tool in tools.tools}, figures, wrong

    names, figures, wrong = anyio.run(talk)

    assert names == set(toolbox_of(ground.home).names)
    assert json.loads(figures.content[0].text)["rows"][0]["total_payments"] > 0
    assert wrong.is_error
    assert "merchant_segment" in wrong.content[0].text


def test_a_proposal_over_the_protocol_waits_for_a_person(ground: Ground) -> None:
    wanted = {"change_type": "decision_config", "target_key": "risk_threshold_high", "proposed_value": "0.8",
              "rationale": "fewer false alarms"}  # fmt: skip

    async def talk() -> Any:
        async with Client(server_of(Toolbox(ground.lakehouse, ground.store), ground.store)) as client:
            return await client.call_tool(PROPOSE, wanted)

    told = anyio.run(talk)
    with ground.store.read() as session:
        row = session.get(ProposedConfigChange, told.structured_content["proposal_id"])
        assert row is not None
        assert (row.status, row.source_agent, row.applied_at) == ("pending", "mcp", None)


def test_a_hostile_call_is_an_answer_and_changes_nothing(ground: Ground) -> None:
    box = Toolbox(ground.lakehouse, ground.store)

    told = [
        answered(box, ground.store, name, given)
        for name, given in (
            ("drop table users", {}),
            ("get_high_risk_transactions", {"threshold": "0.7; drop table users"}),
            ("get_cascade_recommendations", {"merchant_segment": "x" * 1_000_000}),
            (PROPOSE, {"change_type": "all", "target_key": "k", "proposed_value": "v", "rationale": "r"}),
            (PROPOSE, {"status": "applied"}),
        )
    ]

    assert all(one.is_error for one in told)
