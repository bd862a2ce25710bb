"""Keep what agents did: the run, its findings and its proposals, in one transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from payment_analysis.agents.orchestrator import run
from payment_analysis.agents.roles import AgentName
from payment_analysis.agents.talk.talk import run_with_model
from payment_analysis.ml.traced import ToolCall, Traced
from payment_analysis.store.agent_runs import AgentFinding, AgentRun
from payment_analysis.store.decisions import ProposalStatus, ProposedConfigChange

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from payment_analysis.agents.finding import Finding
    from payment_analysis.agents.orchestrator import Run, StepTaken
    from payment_analysis.agents.talk.turn import Talks
    from payment_analysis.agents.toolbox import Toolbox
    from payment_analysis.domain.scope import Scope
    from payment_analysis.ml.traced import Traces
    from payment_analysis.store.audit import Actor
    from payment_analysis.store.database import Database


@dataclass(frozen=True, slots=True)
class Kept:
    """A run and the ids of what was written down."""

    run: Run
    run_id: str
    finding_ids: tuple[str, ...]
    proposal_ids: tuple[str | None, ...]


def run_and_keep(
    toolbox: Toolbox,
    store: Database,
    actor: Actor,
    question: str,
    *,
    agent: AgentName = AgentName.ORCHESTRATOR,
    scope: Scope | None = None,
    tell: Callable[[StepTaken], None] | None = None,
    talks: Talks | None = None,
    traces: Traces | None = None,
) -> Kept:
    """Answer a question, with a language model when one talks; everything is written in one transaction.

    `traces` gets the run afterwards, to be followed step by step beside the models; the store has it in any case.
    """
    if talks is None:
        made = run(question, toolbox, agent=agent, scope=scope, tell=tell)
    else:
        made = run_with_model(question, toolbox, talks, agent=agent, scope=scope, tell=tell)
    with store.change(actor) as session:
        row = AgentRun(
            agent=agent,
            question=question,
            asked_by=actor.name,
            answer=made.answer,
            mode=made.mode,
            called={"agents": list(made.agents), "model_note": made.model_note},
            steps={"taken": [asdict(step) for step in made.steps]},
            seconds=made.seconds,
        )
        session.add(row)
        session.flush()
        proposals = tuple(_propose(session, one) for one in made.findings)
        findings = [
            _finding(row.id, place, one, proposal)
            for place, (one, proposal) in enumerate(zip(made.findings, proposals, strict=True))
        ]
        session.add_all(findings)
        session.flush()
        kept = Kept(made, row.id, tuple(one.id for one in findings), proposals)
    if traces is not None:
        traces(traced(agent, kept))
    return kept


def traced(agent: AgentName, kept: Kept) -> Traced:
    """A run as MLflow takes it."""
    made = kept.run
    about = {"run_id": kept.run_id, "mode": made.mode, "agents": ", ".join(made.agents), "note": made.model_note}
    calls = [
        ToolCall(
            step.tool,
            step.began_s,
            step.seconds,
            step.arguments,
            {"rows": step.rows},
            {"agent": step.agent, "why": step.why, "sql": step.sql},
            step.error,
        )
        for step in made.steps
    ]
    return Traced(agent, made.began_s, made.seconds, made.question, made.answer, about, made.messages, calls)


def _propose(session: Session, found: Finding) -> str | None:
    """The proposal of a finding, once: one that waits already is not made again."""
    wanted = found.proposal
    if wanted is None:
        return None
    waiting = (
        session.query(ProposedConfigChange)
        .filter_by(target_key=wanted.target_key, change_type=wanted.change_type, status=ProposalStatus.PENDING)
        .first()
    )
    if waiting is not None:
        return waiting.id
    row = ProposedConfigChange(
        source_agent=found.agent,
        change_type=wanted.change_type,
        target_key=wanted.target_key,
        current_value=None,
        proposed_value=wanted.proposed_value,
        rationale=f"{wanted.rationale} It ends when the {wanted.rollback} falls.",
        expected_impact_pct=wanted.expected_impact_pct,
        confidence=found.confidence,
        evidence={one.tool: {"sql": one.sql, "rows_hash": one.rows_hash} for one in found.evidence},
    )
    session.add(row)
    session.flush()
    return row.id


def _finding(run_id: str, place: int, found: Finding, proposal_id: str | None) -> AgentFinding:
    return AgentFinding(
        run_id=run_id,
        position=place,
        agent=found.agent,
        claim=found.claim,
        value_per_day=found.value_per_day,
        confidence=found.confidence,
        finding=asdict(found),
        proposal_id=proposal_id,
    )
