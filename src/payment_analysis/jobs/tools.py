"""The agents' tools over a home: called one by one, or written as functions of Unity Catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from payment_analysis.agents.protocol import serve_stdio
from payment_analysis.agents.tool import load_tools, tool_named
from payment_analysis.domain.scope import TICK, Scope
from payment_analysis.jobs.agents import toolbox_of
from payment_analysis.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.agents.toolbox import Answer
    from payment_analysis.lakehouse.home import Home


def call_tool(home: Home, name: str, arguments: Mapping[str, Any], *, scope: str = "") -> Answer:
    """Ask one tool; PostgreSQL is started only for a tool that reads the store."""
    lakehouse = home.lakehouse()
    narrowed = None
    if scope:
        (clock,) = lakehouse.rows("select as_of from data_clock")
        narrowed = Scope.from_text(scope, now=clock["as_of"] + TICK)
    if name not in load_tools() or tool_named(name).room == "lakehouse":
        return toolbox_of(home).call(name, arguments, narrowed)
    store = Database.of_home(home.create().path)
    try:
        return toolbox_of(home, store).call(name, arguments, narrowed)
    finally:
        store.close()


def serve_tools(home: Home, *, read_only: bool = False) -> None:
    """Serve every tool over MCP on standard input and output."""
    if read_only:
        serve_stdio(toolbox_of(home), None)
        return
    store = Database.of_home(home.create().path)
    try:
        serve_stdio(toolbox_of(home, store), store)
    finally:
        store.close()
