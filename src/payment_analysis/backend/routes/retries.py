"""Retries to look at: what one would be, and those that were granted."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from payment_analysis.backend.decision_models import DecisionContext, RetryDecisionOut, Word
from payment_analysis.backend.dependencies import DecisionsDep, NowDep, StoreDep
from payment_analysis.backend.retry_preview import (
    Earlier,
    RuleState,
    facts_of,
    house_wait,
    latest_of,
    redecided,
    rule_states,
)
from payment_analysis.backend.retry_preview import scores_of as scores_behind
from payment_analysis.backend.retry_queue import LATE, RetryState, counts_of, page_of
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.retry_case import Way, decline_of
from payment_analysis.domain.decline_sentences import REASON_SENTENCES, REMEDY_SENTENCES

router = APIRouter(prefix="/api/decision/retries", tags=["decisions"])

EARLIER_MAX = 100
HOURS_MAX = 24 * 366  # an attempt further back is in no window of any programme


class EarlierAttempt(BaseModel):
    """An attempt of the card at the merchant before the declined one."""

    model_config = ConfigDict(extra="forbid")

    hours_ago: Annotated[float, Field(ge=0, le=HOURS_MAX)] = Field(description="How long ago, hours.")
    declined: bool = Field(default=True, description="Whether it was declined.")
    code: Word | None = Field(default=None, description="Its response code.")
    advice_code: Word | None = Field(default=None, description="Its merchant advice code.")


class RetryPreviewIn(BaseModel):
    """A declined payment somebody wonders about."""

    model_config = ConfigDict(extra="forbid")

    context: DecisionContext = Field(description="The payment, with its decline.")
    earlier: list[EarlierAttempt] = Field(
        default=[], max_length=EARLIER_MAX, description="Earlier attempts of the card, of other payments too."
    )


class WaitChance(BaseModel):
    """How likely an attempt after a wait is approved."""

    wait_seconds: int = Field(description="The wait.")
    approval: float = Field(description="Chance of approval by the same route, 0..1.")


class SchemeLimit(BaseModel):
    """A rule of the network beside the attempts of the card."""

    rule: str = Field(description="Name of the rule.")
    attempts_max: int = Field(description="How many it allows.")
    window_hours: float | None = Field(description="Its rolling window; null when it never ends.")
    counted: int = Field(description="Declines of the card that it counts now.")
    allowed_after_seconds: int | None = Field(description="Least wait that keeps it; null when no wait does.")
    fee_minor: int | None = Field(description="Fee for an attempt over it, minor units; null where none is published.")
    fee_currency: str | None = Field(description="ISO 4217.")
    source: str = Field(description="Where the rule is written.")


class RetryPreviewOut(BaseModel):
    """What would be decided, and everything that bounds it."""

    decision: RetryDecisionOut = Field(description="As the engine would answer; it is not stored.")
    decline: str = Field(description="What the decline means and asks for, in words.")
    earliest_seconds: int | None = Field(
        description="Least wait that decline, house and schemes allow; null for never."
    )
    curve: list[WaitChance] = Field(description="Chance by wait, whatever is allowed; empty without a model.")
    limits: list[SchemeLimit] = Field(description="Rules of the network for this card.")


class GrantedRetry(BaseModel):
    """A retry that was granted."""

    audit_id: str = Field(description="The decision.")
    payment_id: str | None = Field(description="The payment.")
    merchant_id: str | None = Field(description="The merchant.")
    amount_minor: int = Field(description="Amount in minor units.")
    currency: str = Field(description="ISO 4217.")
    network: str | None = Field(description="Card network.")
    decline_code: str | None = Field(description="Code of the decline before.")
    way: Way = Field(description="How it is sent again.")
    decided_at: datetime = Field(description="When it was granted.")
    due_at: datetime = Field(description="When it is to be sent.")
    state: RetryState = Field(description="due, waiting, expired or done.")
    is_replaced: bool = Field(description="A later decision about the payment took its place.")
    approval: float | None = Field(description="Chance it was granted on, 0..1; null without models.")
    net_value: float | None = Field(description="Expected value in EUR it was granted on; null without models.")
    outcome: str | None = Field(description="What was told of it.")
    told_at: datetime | None = Field(description="When that became known.")


class RetriesInState(BaseModel):
    """How many retries are in a state."""

    state: RetryState = Field(description="The state.")
    retries: int = Field(description="How many.")


class GrantedRetries(BaseModel):
    """A page of the queue."""

    as_of: datetime = Field(description="The instant the states are told for.")
    late_hours: float = Field(description="So long after its time a retry counts as due; then it is expired.")
    states: list[RetriesInState] = Field(description="All states with their number.")
    rows: list[GrantedRetry] = Field(description="Retries to act on first.")
    next: int | None = Field(description="Give it as `offset` for the next page; null at the end.")


@router.post("/preview", operation_id="previewRetry")
async def preview_retry(body: RetryPreviewIn, decisions: DecisionsDep, now: NowDep) -> RetryPreviewOut:
    """What a retry would be by wait and way, and which limits bound it; nothing is stored, so nothing may act on it."""
    answer = await decisions.preview(Decision.RETRY, body.context)
    configured = decisions.state.configured
    earlier = [Earlier(**one.model_dump()) for one in body.earlier]
    context, made = facts_of(body.context, earlier, now)
    if earlier:
        answer = redecided(answer, context, made, configured, decisions.scoring)
    scores = scores_behind(answer, context, decisions.scoring)
    states, decline = rule_states(context, made), decline_of(context)
    house = house_wait(context, configured)
    earliest = latest_of([house, *(one.allowed_after for one in states)])
    return RetryPreviewOut(
        decision=RetryDecisionOut.model_validate(answer),
        decline=f"{REASON_SENTENCES[decline.reason]} {REMEDY_SENTENCES[decline.action]}",
        earliest_seconds=None if earliest is None else math.ceil(earliest.total_seconds()),
        curve=[] if scores is None else [WaitChance(wait_seconds=w, approval=a) for w, a in scores.chances.items()],
        limits=[_limit(one) for one in states],
    )


@router.get("", operation_id="listGrantedRetries")
def list_granted_retries(
    store: StoreDep,
    now: NowDep,
    state: Annotated[RetryState | None, Query(description="Only these.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="At most so many.")] = 25,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="`next` of the page before.")] = 0,
) -> GrantedRetries:
    """Retries that were granted in the last 45 days, those to act on first."""
    with store.read() as session:
        counts = counts_of(session, now)
        rows = page_of(session, now, state, limit + 1, offset)
    return GrantedRetries(
        as_of=now,
        late_hours=LATE.total_seconds() / 3600,
        states=[RetriesInState(state=one, retries=number) for one, number in counts.items()],
        rows=[GrantedRetry.model_validate(row) for row in rows[:limit]],
        next=offset + limit if len(rows) > limit else None,
    )


def _limit(one: RuleState) -> SchemeLimit:
    rule = one.rule
    return SchemeLimit(
        rule=rule.rule,
        attempts_max=rule.attempts_max,
        window_hours=None if rule.window is None else rule.window.total_seconds() / 3600,
        counted=one.counted,
        allowed_after_seconds=None if one.allowed_after is None else math.ceil(one.allowed_after.total_seconds()),
        fee_minor=rule.fee_minor,
        fee_currency=rule.fee_currency,
        source=rule.source,
    )
