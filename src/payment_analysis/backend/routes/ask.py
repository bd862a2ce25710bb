"""Questions in words: the answer with its SQL and its assumptions, questions to begin with, and what people say."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field, StringConstraints

from payment_analysis.agents.ask.answer import Answer
from payment_analysis.agents.ask.asking import Asker, Askers
from payment_analysis.agents.ask.parser import CHARACTERS_MAX
from payment_analysis.agents.ask.spec import Spec
from payment_analysis.agents.ask.suggestions import samples, suggestions
from payment_analysis.backend.dependencies import PersonDep, StoreDep, WritesDep
from payment_analysis.backend.fields import PRINTABLE, LongText
from payment_analysis.backend.routes.reviews import Accepted, InsightFeedbackIn, submit_insight_feedback
from payment_analysis.backend.scoping import ScopeDep
from payment_analysis.store.operations import Verdict

router = APIRouter(prefix="/api/ask", tags=["ask"])

QuestionText = Annotated[str, StringConstraints(min_length=1, max_length=CHARACTERS_MAX, pattern=PRINTABLE)]


class Question(BaseModel):
    """A question, in words or as an edited spec."""

    question: QuestionText = Field(description="One question in English, Portuguese or Spanish.")
    spec: Spec | None = Field(default=None, description="What a person made of it by its chips; counts instead.")


class Suggestions(BaseModel):
    """Questions to begin with, or like a given one."""

    questions: list[str] = Field(description="Each of them can be answered.")


class AnswerFeedback(BaseModel):
    """What you say of an answer."""

    question: QuestionText = Field(description="The question.")
    verdict: Verdict = Field(description="valid, invalid or non_actionable.")
    reason: LongText | None = Field(default=None, description="Why.")


def _asker(request: Request) -> Asker:
    askers: Askers = request.app.state.askers
    return askers.current()


AskerDep = Annotated[Asker, Depends(_asker)]


@router.post("", operation_id="ask")
def ask(body: Question, asker: AskerDep, scope: ScopeDep) -> Answer:
    """Answer a question within the scope of a page; one that cannot be answered says why, and is no error."""
    if body.spec is not None:
        return asker.edited(body.question, body.spec, scope)
    return asker.ask(body.question, scope)


@router.get("/suggestions", operation_id="suggestQuestions")
def suggest_questions(
    language: Annotated[Literal["en", "pt", "es"], Query(description="Language of those to begin with.")] = "en",
    like: Annotated[str, Query(max_length=CHARACTERS_MAX, description="A question; give those most like it.")] = "",
) -> Suggestions:
    """Questions that can be answered: to begin with, or those most like a given one."""
    return Suggestions(questions=suggestions(like) if like.strip() else samples(language))


@router.post("/feedback", operation_id="reviewAnswer", status_code=201)
def review_answer(body: AnswerFeedback, store: StoreDep, writes: WritesDep, person: PersonDep) -> Accepted:
    """Say whether an answer was right; it counts in the false-insight rate."""
    review = InsightFeedbackIn(
        insight_id=f"ask-{sha256(body.question.encode()).hexdigest()[:16]}",
        insight_type="ask_answer",
        verdict=body.verdict,
        reason=f"{body.question}\n{body.reason or ''}".strip(),
    )
    return submit_insight_feedback(review, store, writes, person)
