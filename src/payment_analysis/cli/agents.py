"""`agents` and `tools`: questions in words, and the questions the agents ask for them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from payment_analysis.agents.analyses import ANALYSES
from payment_analysis.agents.roles import AgentName
from payment_analysis.agents.tool import load_tools
from payment_analysis.agents.uc_functions import function_statements
from payment_analysis.cli.options import HomeOption, JsonOption
from payment_analysis.cli.screen import err, print_json, print_table
from payment_analysis.jobs.agents import DEFAULT_QUESTION, run_agents
from payment_analysis.jobs.tools import call_tool, serve_tools
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME

NUMERIC = {"bigint", "double", "int"}


def tools(
    name: Annotated[str, typer.Argument(help="The tool to call; without one, all are listed.")] = "",
    arguments: Annotated[list[str] | None, typer.Argument(help="Its arguments as NAME=VALUE.", metavar="…")] = None,
    functions: Annotated[
        str, typer.Option(help="Print all tools as functions of Unity Catalog instead.", metavar="CATALOG.SCHEMA")
    ] = "",
    scope: Annotated[str, typer.Option(help="Part of the data to ask about, as for query: range=7d&network=visa")] = "",
    home: HomeOption = HOME,
    as_json: JsonOption = False,
) -> None:
    """List the agents' tools, call one, or print them as SQL functions.

    [bold]Examples[/]

    payment-analysis tools

    payment-analysis tools get_cascade_recommendations merchant_segment=Travel

    payment-analysis tools --functions main.payment_analysis > functions.sql
    """
    if functions:
        catalog, _, schema = functions.partition(".")
        print(";\n\n".join(function_statements(catalog, schema).values()) + ";")
    elif name:
        _call(name, arguments or [], scope, home=Home(home), as_json=as_json)
    else:
        _list(as_json=as_json)


def _call(name: str, arguments: list[str], scope: str, *, home: Home, as_json: bool) -> None:
    if wrong := [one for one in arguments if "=" not in one]:
        raise typer.BadParameter(f"{wrong[0]} is no NAME=VALUE.")
    answer = call_tool(home, name, dict(one.split("=", 1) for one in arguments), scope=scope)
    if as_json:
        print_json({"tool": answer.tool, "sql": answer.sql, "rows": list(answer.rows), "truncated": answer.truncated})
        return
    kinds = load_tools()[answer.tool].columns
    numbers = [column for column in answer.columns if kinds[column].type in NUMERIC]
    print_table(answer.columns, [[row[column] for column in answer.columns] for row in answer.rows], numbers)
    if answer.truncated:
        err().print(f"Only the first {len(answer.rows)} rows are shown.")


def _list(*, as_json: bool) -> None:
    listed = [
        (one.name, one.description, ", ".join(argument.name for argument in one.arguments))
        for one in load_tools().values()
    ]
    listed += [(one.name, one.description, "mode") for one in ANALYSES.values()]
    if as_json:
        print_json([dict(zip(("name", "description", "arguments"), row, strict=True)) for row in listed])
    else:
        print_table(["tool", "answers", "takes"], listed, [])


def agents(
    question: Annotated[str, typer.Argument(help="The question, in words.")] = DEFAULT_QUESTION,
    agent: Annotated[AgentName, typer.Option(help="Who answers; the orchestrator asks others.")] = (
        AgentName.ORCHESTRATOR
    ),
    scope: Annotated[str, typer.Option(help="Part of the data, as for query: range=7d&network=visa")] = "",
    home: HomeOption = HOME,
    as_json: JsonOption = False,
) -> None:
    """Ask the agents; the run, its findings and its proposals are kept.

    [bold]Examples[/]

    payment-analysis agents

    payment-analysis agents "Why did approval drop yesterday?"

    payment-analysis agents --agent smart_retry "What should we retry?" --json
    """
    kept = run_agents(Home(home), question, agent=agent, scope=scope)
    if as_json:
        print_json({"run_id": kept.run_id, **asdict(kept.run)})
        return
    for step in kept.run.steps:
        err().print(f"{step.agent}: {step.tool}, {step.why}: {step.error or f'{step.rows} rows'}", markup=False)
    print(kept.run.answer)
    proposed = sum(one is not None for one in kept.proposal_ids)
    err().print(f"Run {kept.run_id}: {len(kept.finding_ids)} findings, {proposed} proposals wait for a person.")


def mcp(
    home: HomeOption = HOME,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Without the store: no proposals, no PostgreSQL.")
    ] = False,
) -> None:
    """Serve the tools over MCP on standard input and output, for Claude, Cursor and others.

    [bold]Examples[/]

    payment-analysis mcp --home .payment-analysis
    """
    serve_tools(Home(home), read_only=read_only)
