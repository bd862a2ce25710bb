"""Job 6: the orchestrator with all specialists on one question; findings and proposals are kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from payment_analysis.agents.gathered import askers_over, computed_tools
from payment_analysis.agents.keeping import run_and_keep
from payment_analysis.agents.roles import AgentName
from payment_analysis.agents.talk.endpoints import talks_of_environment
from payment_analysis.agents.toolbox import Toolbox
from payment_analysis.domain.errors import NotFound
from payment_analysis.jobs.agents import run_agents
from payment_analysis.jobs.doors.repositories import lakebase_store
from payment_analysis.lakehouse.remote import RemoteLakehouse
from payment_analysis.ml.registry import Registry
from payment_analysis.ml.traces import write_trace
from payment_analysis.store.audit import SYSTEM

if TYPE_CHECKING:
    from payment_analysis.agents.keeping import Kept
    from payment_analysis.jobs.work import Cloud, Machine, Order, Report


def run_here(machine: Machine, order: Order) -> Report:
    return _told(run_agents(machine.home, order.text("query"), agent=_role(order), store=machine.store), order)


def run_there(cloud: Cloud, order: Order) -> Report:
    """The same agents over the workspace's gold, kept in Lakebase."""
    with lakebase_store(cloud, order) as store:
        warehouse = RemoteLakehouse(cloud.workspace.sql)
        toolbox = Toolbox(warehouse, store, computed_tools(askers_over(warehouse), None))
        talks = talks_of_environment()
        traces = partial(write_trace, Registry(cloud.home.create().path, place=cloud.workspace.place))
        query, role = order.text("query"), _role(order)
        kept = run_and_keep(toolbox, store, SYSTEM, query, agent=role, talks=talks, traces=traces)
        return _told(kept, order)


def _role(order: Order) -> AgentName:
    wanted = order.text("agent_role")
    if wanted not in set(AgentName):
        raise NotFound(f"there is no agent {wanted}", hint=f"there are {', '.join(AgentName)}")
    return AgentName(wanted)


def _told(kept: Kept, order: Order) -> Report:
    made = kept.run
    for one in made.findings:
        order.say(one.claim)
    proposals = [one for one in kept.proposal_ids if one is not None]
    order.say(f"{len(made.findings)} findings and {len(proposals)} proposals by {', '.join(made.agents)}")
    return {
        "run_id": kept.run_id,
        "agents": list(made.agents),
        "findings": len(made.findings),
        "proposals": proposals,
        "steps": len(made.steps),
    }
