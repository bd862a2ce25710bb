"""A run: which agents a question calls, what they ask, and what is said in the end. Without a language model.

Numbers come from findings and findings from tools; nothing here makes one up. A question is only matched with stems of
words: whatever else stands in it, and whatever stands in the data, is never an instruction.
"""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from payment_analysis.agents.advice import findings_of
from payment_analysis.agents.roles import AGENTS, DIAGNOSE, SPECIALISTS, Agent, AgentName
from payment_analysis.domain.errors import BadInput, PaymentAnalysisError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from payment_analysis.agents.finding import Finding
    from payment_analysis.agents.toolbox import Answer, Toolbox
    from payment_analysis.domain.scope import Scope

QUESTION_CHARACTERS_MAX: Final = 4_000
LAST_DAY: Final = frozenset({"yesterday", "today", "ontem", "hoje", "ayer", "hoy"})
Mode = Literal["planner", "model"]
SAID_MAX: Final = 5  # findings in the summary
EVERYBODY: Final = (
    "all",
    "everything",
    "comprehensive",
    "overall",
    "tudo",
    "geral",
    "todo",
    "completo",
    "analyze payment",
)


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A tool that was asked, by whom and what for, and what came back."""

    agent: AgentName
    tool: str
    why: str
    arguments: Mapping[str, Any]
    rows: int
    sql: str
    seconds: float
    error: str = ""
    began_s: float = 0.0  # Unix time


@dataclass(slots=True)
class Run:
    """What a run did and found."""

    question: str
    agents: tuple[AgentName, ...]
    steps: list[StepTaken] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    answer: str = ""
    seconds: float = 0.0
    began_s: float = field(default_factory=time.time)  # Unix time
    messages: list[dict[str, Any]] = field(default_factory=list)  # of a conversation with a language model
    mode: Mode = "planner"
    model_note: str = ""  # why a language model that is configured was not used


def called_by(question: str) -> tuple[AgentName, ...]:
    """The specialists a question calls; one that calls nobody is about performance."""
    if len(question) > QUESTION_CHARACTERS_MAX:
        raise BadInput(
            f"the question has {len(question):,} characters", hint=f"ask in at most {QUESTION_CHARACTERS_MAX:,}"
        )
    plain = _plain(question)
    if any(word in plain for word in EVERYBODY):
        return SPECIALISTS
    words = re.findall(r"[a-z0-9]+", plain)
    called = [
        name
        for name in SPECIALISTS
        if any(
            stem in plain if " " in stem else any(word.startswith(stem) for word in words)
            for stem in AGENTS[name].stems
        )
    ]
    return tuple(called) or (AgentName.PERFORMANCE_RECOMMENDER,)


def run(
    question: str,
    toolbox: Toolbox,
    *,
    agent: AgentName = AgentName.ORCHESTRATOR,
    scope: Scope | None = None,
    tell: Callable[[StepTaken], None] | None = None,
) -> Run:
    """Answer a question by one agent, or by those the orchestrator calls."""
    started = time.perf_counter()
    called = called_by(question) if agent is AgentName.ORCHESTRATOR else (agent,)
    made = Run(question, called)
    for name in called:
        for step, answer in _steps(AGENTS[name], toolbox, scope, day_scope(question, scope)):
            made.steps.append(step)
            if tell is not None:
                tell(step)
            if answer is not None:
                made.findings += findings_of(name, answer)
    made.findings = ranked(made.findings)
    made.answer = summary(made)
    made.seconds = time.perf_counter() - started
    return made


def day_scope(question: str, scope: Scope | None) -> Scope | None:
    """The scope of a diagnosis: a question about yesterday is about the last day of data, whatever the page shows."""
    words = set(re.findall(r"[a-z]+", _plain(question)))
    return replace(scope, start=None, end=None) if scope is not None and words & LAST_DAY else scope


def _steps(
    agent: Agent, toolbox: Toolbox, scope: Scope | None, last_day: Scope | None
) -> Iterator[tuple[StepTaken, Answer | None]]:
    """Ask each tool of the plan; one that fails is a step with its error, and the others go on."""
    for step in agent.steps:
        if step.tool not in toolbox.names:
            continue
        started, began_s = time.perf_counter(), time.time()
        try:
            answer = toolbox.call(step.tool, step.arguments, last_day if step.tool == DIAGNOSE else scope)
        except PaymentAnalysisError as error:
            seconds = time.perf_counter() - started
            words = error.message
            yield StepTaken(agent.name, step.tool, step.why, step.arguments, 0, "", seconds, words, began_s), None
        else:
            yield (
                StepTaken(
                    agent.name,
                    step.tool,
                    step.why,
                    answer.arguments,
                    len(answer.rows),
                    answer.sql,
                    answer.seconds,
                    began_s=began_s,
                ),
                answer,
            )


def ranked(findings: list[Finding]) -> list[Finding]:
    """Each thing once, in its surest form, the most valuable first."""
    best: dict[str, Finding] = {}
    for one in findings:
        if one.key not in best or best[one.key].confidence < one.confidence:
            best[one.key] = one
    return sorted(best.values(), key=lambda one: one.rank, reverse=True)


def summary(made: Run) -> str:
    """The answer in sentences: what was found, what to do, and what failed."""
    failed = [step for step in made.steps if step.error]
    if made.steps and len(failed) == len(made.steps):
        return f"Nothing could be asked: {failed[0].error}"
    said = [one.claim for one in made.findings[:SAID_MAX]]
    actions = [one.action for one in made.findings if one.action][:3]
    parts = [" ".join(said) or "Nothing stands out in what the tools said."]
    if actions:
        parts.append("First: " + " ".join(f"{place}. {action}" for place, action in enumerate(actions, start=1)))
    if failed:
        parts.append("Not asked: " + "; ".join(f"{step.tool} ({step.error})" for step in failed) + ".")
    return "\n\n".join(parts)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
