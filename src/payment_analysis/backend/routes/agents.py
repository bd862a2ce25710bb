"""The seven agents: who they are, what they did, and a question to them with its steps as they are taken."""

from __future__ import annotations

import queue
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from payment_analysis.agents.keeping import run_and_keep
from payment_analysis.agents.orchestrator import QUESTION_CHARACTERS_MAX, StepTaken
from payment_analysis.agents.roles import AGENTS, AgentName
from payment_analysis.agents.talk.turn import Talks
from payment_analysis.agents.toolbox import Toolbox
from payment_analysis.backend.dependencies import PersonDep, StoreDep
from payment_analysis.backend.fields import Identifier
from payment_analysis.backend.model_registry import ModelRegistry
from payment_analysis.backend.scoping import ScopeDep
from payment_analysis.domain.errors import NotFound, PaymentAnalysisError
from payment_analysis.lakehouse.background import begin
from payment_analysis.ml.traced import Traces
from payment_analysis.store.agent_runs import AgentFinding, AgentRun
from payment_analysis.store.database import Database

router = APIRouter(prefix="/api/agents", tags=["agents"])


class AgentOut(BaseModel):
    """One agent."""

    name: AgentName = Field(description="Its name.")
    title: str = Field(description="Its name for people.")
    role: str = Field(description="What it is for.")
    tools: list[str] = Field(description="Tools it may use.")
    questions: list[str] = Field(description="Questions it answers, as examples.")
    runs: int = Field(description="Runs it took part in.")
    last_run_at: datetime | None = Field(description="The newest of them.")


class QuestionIn(BaseModel):
    """A question to the agents."""

    question: str = Field(min_length=1, max_length=QUESTION_CHARACTERS_MAX, description="In words.")
    agent: AgentName = Field(default=AgentName.ORCHESTRATOR, description="Who answers; the orchestrator asks others.")


class WordsOut(BaseModel):
    """Who finds the words."""

    has_model: bool = Field(description="A language model is configured; without one the planner answers.")


class StepOut(BaseModel):
    """A tool that was asked."""

    agent: str = Field(description="Who asked.")
    tool: str = Field(description="The tool.")
    why: str = Field(description="What for.")
    arguments: dict[str, Any] = Field(description="What was handed in.")
    rows: int = Field(description="Rows of the answer.")
    sql: str = Field(description="The SQL behind it; empty when nothing was asked.")
    seconds: float = Field(description="How long it took.")
    error: str = Field(description="What went wrong; empty when nothing did.")


class AgentFindingOut(BaseModel):
    """A claim with everything behind it."""

    id: str = Field(description="Its id.")
    agent: str = Field(description="Who says it.")
    claim: str = Field(description="In a sentence.")
    slice: dict[str, str] = Field(description="Which part of the payments it is about.")
    effect_pp: float | None = Field(description="Its size, percentage points.")
    low_pp: float | None = Field(description="Low end of its 95 % interval.")
    high_pp: float | None = Field(description="High end of it.")
    attempts: int | None = Field(description="Attempts it is about.")
    value_per_day: float | None = Field(description="Worth a day, in the reporting currency.")
    confidence: float = Field(description="How sure it is, 0..1.")
    effort: str = Field(description="low, medium or high.")
    action: str = Field(description="What to do; empty when there is nothing to do.")
    caveats: list[str] = Field(description="What speaks against it.")
    evidence: list[dict[str, str]] = Field(description="Tool, SQL and fingerprint of the rows behind it.")
    proposal_id: str | None = Field(description="The proposal made of it, for a person to decide.")


class AgentRunOut(BaseModel):
    """A run, without what it found."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Its id.")
    created_at: datetime = Field(description="When.")
    agent: str = Field(description="Who was asked.")
    question: str = Field(description="The question.")
    asked_by: str = Field(description="Who asked.")
    mode: str = Field(description="planner: without a language model; model: with one.")
    answer: str = Field(description="What was said.")
    seconds: float = Field(description="How long it took.")


class RunDetailOut(AgentRunOut):
    """A run with its steps and findings."""

    called: list[str] = Field(description="Agents that were asked.")
    model_note: str = Field(description="Why the language model was not used, when one is configured.")
    steps: list[StepOut] = Field(description="Tools that were asked, in order.")
    findings: list[AgentFindingOut] = Field(description="What was found, the most valuable first.")


@router.get("", operation_id="listAgents")
def list_agents(store: StoreDep) -> list[AgentOut]:
    """The seven agents, with how often each ran."""
    with store.read() as session:
        runs = list(session.scalars(select(AgentRun).order_by(AgentRun.created_at.desc()).limit(500)))
    took_part = {name: [run for run in runs if name in {run.agent, *run.called["agents"]}] for name in AgentName}
    return [
        AgentOut(
            name=one.name,
            title=one.title,
            role=one.role,
            tools=list(one.tools),
            questions=list(one.questions),
            runs=len(took_part[one.name]),
            last_run_at=took_part[one.name][0].created_at if took_part[one.name] else None,
        )
        for one in AGENTS.values()
    ]


@router.get("/words", operation_id="getAgentWords")
def get_words(request: Request) -> WordsOut:
    """Whether a language model is configured."""
    return WordsOut(has_model=request.app.state.talks is not None)


@router.get("/runs", operation_id="listAgentRuns")
def list_runs(
    store: StoreDep, limit: Annotated[int, Query(ge=1, le=200, description="At most so many.")] = 30
) -> list[AgentRunOut]:
    """What was asked, the newest first."""
    with store.read() as session:
        wanted = select(AgentRun).order_by(AgentRun.created_at.desc(), AgentRun.id).limit(limit)
        return [AgentRunOut.model_validate(row) for row in session.scalars(wanted)]


@router.get("/runs/{run_id}", operation_id="getAgentRun")
def get_run(run_id: Identifier, store: StoreDep) -> RunDetailOut:
    """One run with its steps and findings."""
    return detail_of(store, run_id)


@router.post("/runs", operation_id="runAgents", status_code=201)
def run_agents(body: QuestionIn, request: Request, scope: ScopeDep, store: StoreDep, person: PersonDep) -> RunDetailOut:
    """Ask, and get the run when it is done."""
    toolbox: Toolbox = request.app.state.toolbox
    talks: Talks | None = request.app.state.talks
    traces = _traces(request)
    kept = run_and_keep(
        toolbox, store, person.actor, body.question, agent=body.agent, scope=scope, talks=talks, traces=traces
    )
    return detail_of(store, kept.run_id)


@router.post("/chat", operation_id="chatWithAgents", response_class=StreamingResponse)
def chat(body: QuestionIn, request: Request, scope: ScopeDep, store: StoreDep, person: PersonDep) -> StreamingResponse:
    """Ask, and hear each step as it is taken: events `step`, then `run` with everything, or `problem`."""
    told: queue.SimpleQueue[tuple[bytes, Any] | None] = queue.SimpleQueue()
    talks: Talks | None = request.app.state.talks
    toolbox: Toolbox = request.app.state.toolbox
    traces = _traces(request)

    def work() -> None:
        try:
            tell = partial(_tell, told)
            kept = run_and_keep(
                toolbox,
                store,
                person.actor,
                body.question,
                agent=body.agent,
                scope=scope,
                tell=tell,
                talks=talks,
                traces=traces,
            )
            told.put((b"run", detail_of(store, kept.run_id).model_dump(mode="json")))
        except PaymentAnalysisError as error:
            told.put((b"problem", {"message": error.message, "hint": error.hint}))
        finally:
            told.put(None)

    begin(work, name="agents")
    return StreamingResponse(_events(told), media_type="text/event-stream", headers={"cache-control": "no-store"})


def _traces(request: Request) -> Traces | None:
    """Where runs are traced; nowhere where no models are kept."""
    models: ModelRegistry | None = request.app.state.models
    return None if models is None else models.trace


def _tell(told: queue.SimpleQueue[tuple[bytes, Any] | None], step: StepTaken) -> None:
    told.put((b"step", asdict(step)))


async def _events(told: queue.SimpleQueue[tuple[bytes, Any] | None]) -> AsyncIterator[bytes]:
    while True:
        event = await run_in_threadpool(told.get)
        if event is None:
            return
        yield b"event: %s\ndata: %s\n\n" % (event[0], orjson.dumps(event[1], default=str))


def detail_of(store: Database, run_id: str) -> RunDetailOut:
    """A run with its steps and findings, from the store."""
    with store.read() as session:
        row = session.get(AgentRun, run_id)
        if row is None:
            raise NotFound(f"There is no run {run_id}.", hint="GET /api/agents/runs lists them")
        found = session.scalars(
            select(AgentFinding).where(AgentFinding.run_id == run_id).order_by(AgentFinding.position)
        )
        return RunDetailOut(
            **AgentRunOut.model_validate(row).model_dump(),
            called=list(row.called["agents"]),
            model_note=str(row.called.get("model_note", "")),
            steps=[StepOut.model_validate(step) for step in row.steps["taken"]],
            findings=[_finding(one) for one in found],
        )


def _finding(row: AgentFinding) -> AgentFindingOut:
    told = row.finding
    return AgentFindingOut(
        id=row.id,
        proposal_id=row.proposal_id,
        **{name: told[name] for name in AgentFindingOut.model_fields if name in told},
    )
