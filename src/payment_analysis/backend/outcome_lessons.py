"""An outcome beside its decision: is it new, what does it replace, whose fault is it, what does its route learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from payment_analysis.backend.decision_facts import traits_of
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.outcomes import Lesson, Outcome, lesson_of, may_follow
from payment_analysis.decisioning.scheme_limits import attempt_made, network_of
from payment_analysis.domain.countries import region_of
from payment_analysis.domain.errors import Conflict
from payment_analysis.ml.route_memory import Told
from payment_analysis.store.decision_rows import Attempt, Judged, OutcomeRow

if TYPE_CHECKING:
    from datetime import datetime

    from payment_analysis.backend.decision_models import DecisionOutcomeIn
    from payment_analysis.ml.scoring import Scoring
    from payment_analysis.store.decision_rows import Decided


class Heard(NamedTuple):
    """The answer to an outcome, and what the route is told."""

    answer: dict[str, Any]
    told: Told | None


def judge(body: DecisionOutcomeIn, decided: Decided, now: datetime, scoring: Scoring) -> Judged:
    """What to store and what to answer; an outcome told before changes nothing."""
    before = None if decided.outcome is None else Outcome(decided.outcome)
    is_same = before is body.outcome and decided.outcome_code == body.outcome_code
    # Weeks later a report of fraud comes with the outcome that is known: it labels the payment and counts nothing anew.
    reports_fraud = is_same and body.extra.get("is_fraud") is True and not decided.is_fraud_told
    repeats = is_same and not reports_fraud
    lesson = _lesson(body, decided, now)
    answer = {
        "audit_id": decided.audit_id,
        "decision_type": decided.decision_type,
        "outcome": body.outcome,
        "accepted": not repeats,
        "is_repeat": repeats,
        "revises": None if is_same else before,
        "fault": lesson.fault,
        "counts_against_route": decided.route is not None and lesson.carried is False,
    }
    if repeats:
        return Judged(None, Heard(answer, None))
    if not reports_fraud and not may_follow(before, body.outcome):
        return Judged(
            None, Conflict(f"the decision {decided.audit_id} was told {before}; {body.outcome} cannot follow it")
        )
    at = body.occurred_at or now
    row = OutcomeRow(
        audit_id=decided.audit_id,
        decision_type=decided.decision_type,
        outcome=body.outcome,
        outcome_code=body.outcome_code,
        outcome_reason=body.outcome_reason,
        latency_ms=body.latency_ms,
        extra=orjson.dumps(body.extra).decode(),
        advice_code=body.advice_code,
        fault=lesson.fault,
        occurred_at=at,
    )
    if reports_fraud:
        return Judged(row, Heard(answer, None))
    told = _told(decided, lesson, before, at.timestamp(), scoring)
    return Judged(row, Heard(answer, told), _counted(body, decided, at))


def _lesson(body: DecisionOutcomeIn, decided: Decided, now: datetime) -> Lesson:
    return lesson_of(
        body.outcome,
        body.outcome_code,
        body.outcome_reason,
        network=network_of(decided.request.get("network")),
        region=region_of(decided.request.get("issuer_country")),
        on=(body.occurred_at or now).date(),
    )


def _told(decided: Decided, lesson: Lesson, before: Outcome | None, at_s: float, scoring: Scoring) -> Told | None:
    """What the route hears; a time-out that is resolved later was heard as one, and its answer is still news."""
    if decided.route is None or before not in {None, Outcome.TIMEOUT}:
        return None
    variance = scoring.variance_of(
        decided.issuer, decided.request.get("issuer_country"), decided.request.get("network")
    )
    return Told(decided.route, decided.issuer, lesson, decided.expected_approval, variance, at_s)


def _counted(body: DecisionOutcomeIn, decided: Decided, at: datetime) -> Attempt | None:
    """The attempt of the card: a granted retry gets its outcome, a first attempt by a decided route is counted now."""
    is_first = decided.decision_type == Decision.ROUTING and not decided.request.get("attempt_number")
    if decided.card_key is None or not (is_first or decided.decision_type == Decision.RETRY):
        return None
    made = attempt_made(
        network_of(decided.request.get("network")),
        body.outcome_code,
        body.advice_code,
        at,
        declined=body.outcome is not Outcome.APPROVED,
    )
    return Attempt(at, orjson.dumps(traits_of(made)).decode())
