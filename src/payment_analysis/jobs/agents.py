"""Run agents over a home; job 6 is this with its default question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payment_analysis.agents.keeping import run_and_keep
from payment_analysis.agents.model_health import model_health_tool
from payment_analysis.agents.roles import AgentName
from payment_analysis.agents.toolbox import Toolbox
from payment_analysis.domain.scope import TICK, Scope
from payment_analysis.ml.registry import Registry
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.database import Database

if TYPE_CHECKING:
    from payment_analysis.agents.keeping import Kept
    from payment_analysis.lakehouse.home import Home

DEFAULT_QUESTION: Final = "Analyze payment performance: routing, retries, declines and risk."


def toolbox_of(home: Home, store: Database | None = None) -> Toolbox:
    """Every tool over a home."""
    return Toolbox(home.lakehouse(), store, [model_health_tool(lambda: Registry(home.path))])


def run_agents(
    home: Home,
    question: str = DEFAULT_QUESTION,
    *,
    agent: AgentName = AgentName.ORCHESTRATOR,
    scope: str = "",
    store: Database | None = None,
) -> Kept:
    """Answer a question and keep the run with its findings and proposals."""
    database = store or Database.of_home(home.create().path)
    try:
        toolbox = toolbox_of(home, database)
        narrowed = None
        if scope:
            (clock,) = home.lakehouse().rows("select as_of from data_clock")
            narrowed = Scope.from_text(scope, now=clock["as_of"] + TICK)
        return run_and_keep(toolbox, database, SYSTEM, question, agent=agent, scope=narrowed)
    finally:
        if store is None:
            database.close()
