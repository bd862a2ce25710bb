"""Run agents over a home; job 6 is this with its default question."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from payment_analysis.agents.gathered import askers_over, computed_tools, similar_over
from payment_analysis.agents.keeping import run_and_keep
from payment_analysis.agents.roles import AgentName
from payment_analysis.agents.talk.endpoints import talks_of_environment
from payment_analysis.agents.toolbox import Toolbox
from payment_analysis.domain.scope import TICK, Scope
from payment_analysis.ml.registry import Registry
from payment_analysis.ml.traces import write_trace
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.database import Database

if TYPE_CHECKING:
    from payment_analysis.agents.keeping import Kept
    from payment_analysis.lakehouse.home import Home

DEFAULT_QUESTION: Final = "Analyze payment performance: routing, retries, declines and risk."


def toolbox_of(home: Home, store: Database | None = None) -> Toolbox:
    """Every tool over a home."""
    lakehouse = home.lakehouse()
    tools = computed_tools(askers_over(lakehouse), similar_over(lakehouse), lambda: Registry(home.path))
    return Toolbox(lakehouse, store, tools)


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
        talks = talks_of_environment()
        traces = partial(write_trace, Registry(home.path))
        return run_and_keep(
            toolbox, database, SYSTEM, question, agent=agent, scope=narrowed, talks=talks, traces=traces
        )
    finally:
        if store is None:
            database.close()
