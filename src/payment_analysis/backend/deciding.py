"""Decisions: facts, features and scores in, a policy's choice out, and no answer before it is on disk."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import orjson

from payment_analysis.backend.champions import LOADING, Champions
from payment_analysis.backend.decision_asked import Answered, Asked
from payment_analysis.backend.decision_facts import (
    attempts_of,
    card_key,
    check_text,
    context_of,
    digest_of,
    granted,
    hits_out,
    options_out,
    plain,
)
from payment_analysis.backend.decision_state import DecisionState
from payment_analysis.backend.fresh_ids import FreshIds
from payment_analysis.backend.outcome_lessons import judge
from payment_analysis.backend.route_choice import RouteChoice
from payment_analysis.backend.route_lessons import RouteLessons
from payment_analysis.backend.trial_part import changed, part_of, wishes_of
from payment_analysis.decisioning.authentication import decide_authentication
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.retry import decide_retry
from payment_analysis.decisioning.retry_case import RetryFacts, decline_of
from payment_analysis.decisioning.scheme_limits import known_attempts
from payment_analysis.domain.errors import Unavailable
from payment_analysis.ml.scoring import Scoring
from payment_analysis.store.decision_rows import DecisionRow, DecisionWork, Made, OutcomeWork, Placed
from payment_analysis.store.decision_writes import commit
from payment_analysis.store.group_commit import GroupCommit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from payment_analysis.backend.champions import Registered
    from payment_analysis.backend.decision_models import DecisionContext, DecisionOutcomeIn
    from payment_analysis.backend.decision_state import SeenRoutes
    from payment_analysis.backend.dependencies import Clock
    from payment_analysis.backend.live_features import LiveFeatures
    from payment_analysis.backend.outcome_lessons import Heard
    from payment_analysis.decisioning.context import Context
    from payment_analysis.store.database import Database
    from payment_analysis.store.decision_rows import CardRow, Stored, Work

Scored = TypeVar("Scored")
NOTHING_LOADED: Final = Scoring(missing={"models": LOADING})


@dataclass(frozen=True, slots=True)
class Deciding:
    """What decisions are made with besides the store."""

    registered: Registered | None = None
    features: LiveFeatures | None = None
    seen_routes: SeenRoutes | None = None


class Decisions:
    """Decides; one for each application."""

    def __init__(self, store: Database, clock: Clock, given: Deciding) -> None:
        self.store, self._clock = store, clock
        self.state = DecisionState(store, clock, given.seen_routes)
        self._features = given.features
        self.writer: GroupCommit[Work] = GroupCommit(store.writer, commit)
        self.choice, self._fresh_id = RouteChoice(), FreshIds()
        self.lessons = RouteLessons(store, clock, self.choice)
        self.champions = Champions(given.registered, self.lessons.begin_with)
        store.when_changed(self.state.forget)

    @property
    def scoring(self) -> Scoring:
        return self.champions.scoring or NOTHING_LOADED

    def begin(self) -> None:
        """Load models and ask for features from now on."""
        self.champions.begin()
        if self._features is not None:
            self._features.begin()

    def close(self) -> None:
        """Commit what waits and let go of everything."""
        if self._features is not None:
            self._features.end()
        self.champions.end()
        self.writer.close()
        self.lessons.close()
        self.state.close()

    async def decide(self, kind: Decision, body: DecisionContext, raw: bytes) -> Stored:
        """Decide and store; the answer is what is in the store."""
        check_text(raw)
        await self._up_to_date()
        asked = self._asked(kind, body)
        stored: Stored = await self.writer.put(self._work(asked, raw))
        return stored

    async def hear(self, body: DecisionOutcomeIn, raw: bytes) -> dict[str, Any]:
        """Store an outcome; then its route learns from it."""
        check_text(raw)
        now = self._clock()
        heard: Heard = await self.writer.put(
            OutcomeWork(body.audit_id, lambda decided: judge(body, decided, now, self.scoring))
        )
        if heard.told is not None:
            self.lessons.hear(heard.told)
        return heard.answer

    async def preview(self, kind: Decision, body: DecisionContext) -> dict[str, Any]:
        """What would be decided; it is not stored, so nobody may act on it."""
        await self._up_to_date()
        asked = self._asked(kind, body)
        return self._answered(asked, "preview", ()).response

    async def _up_to_date(self) -> None:
        """Wait for what people have set, when what is known of it is too old."""
        waits_for = self.state.refresh()
        if waits_for is not None:
            await asyncio.shield(asyncio.wrap_future(waits_for))  # who gives up does not stop it for the others

    def _asked(self, kind: Decision, body: DecisionContext) -> Asked:
        context = context_of(body, self._clock())
        known, notes = self._known(context)
        configured = self.state.configured
        part = part_of(kind, body, context, known, configured)
        configured, wishes = changed(configured, part), wishes_of(part)
        if configured.settings.switch("rule_engine_enabled"):
            wishes = (*configured.rules.wishes(kind, context, known), *wishes)
        return Asked(kind, body, context, configured, known, wishes, notes, part)

    def _known(self, context: Context) -> tuple[Mapping[str, Any], tuple[str, ...]]:
        if self._features is None:
            return {}, ()
        try:
            return self._features(context), ()
        except Unavailable as error:
            return {}, (f"decided without streaming features: {error.message}",)

    def _work(self, asked: Asked, raw: bytes) -> DecisionWork:
        audit_id, body = self._fresh_id(), asked.body
        request = body.model_dump_json(exclude_none=True)
        key, card = body.idempotency_key, card_key(asked.context)
        digest = digest_of(raw) if key is not None else None
        part = asked.part
        placed = Placed(part.experiment_id, part.subject_key, part.variant) if part is not None else None

        def made(answered: Answered) -> Made:
            row = DecisionRow(
                audit_id=audit_id,
                decision_type=asked.kind,
                request=request,
                response=orjson.dumps(answered.response).decode(),
                idempotency_key=key,
                request_digest=digest,
                payment_id=body.payment_id,
                merchant_id=body.merchant_id,
                action=answered.action,
                route=answered.route,
                issuer=body.issuer,
                policy=answered.response["policy"],
                card_key=card,
                expected_approval=answered.expected,
            )
            return Made(row, answered.attempt, placed)

        if asked.kind is Decision.RETRY:
            scores, fallback = self._retry_scores(asked)

            def in_store(history: Sequence[CardRow]) -> Made:
                return made(self._retry(asked, audit_id, history, scores, fallback))

            return DecisionWork(in_store, asked.kind, asked.context.at, key, digest, card, placed is not None)
        ready = made(self._answered(asked, audit_id, ()))
        return DecisionWork(lambda _: ready, asked.kind, asked.context.at, key, digest, is_placed=placed is not None)

    def _answered(self, asked: Asked, audit_id: str, history: Sequence[CardRow]) -> Answered:
        match asked.kind:
            case Decision.AUTHENTICATION:
                return self._authentication(asked, audit_id)
            case Decision.ROUTING:
                return self._routing(asked, audit_id)
            case Decision.RETRY:
                scores, fallback = self._retry_scores(asked)
                return self._retry(asked, audit_id, history, scores, fallback)

    def _scored(self, asked: Asked, ask: Callable[[Scoring], Scored | None]) -> tuple[Scored | None, str | None]:
        """Scores in time, or the reason why a fallback policy decides."""
        settings = asked.configured.settings
        if not settings.switch("ml_enrichment_enabled"):
            return None, "the models are switched off (ml_enrichment_enabled)"
        began = time.perf_counter()
        scores = ask(self.scoring)
        took_ms = (time.perf_counter() - began) * 1_000
        if scores is None:
            return None, "; ".join(self.scoring.missing.values()) or "no model answers"
        if took_ms > settings.number("ml_enrichment_timeout_ms"):
            return None, f"the models took {took_ms:.0f} ms, more than ml_enrichment_timeout_ms allows"
        return scores, None

    def _common(self, asked: Asked, audit_id: str, decision: Any, fallback: str | None) -> dict[str, Any]:
        part, notes = asked.part, [*([fallback] if fallback else []), *asked.notes]
        return {
            "audit_id": audit_id,
            "decided_at": asked.context.at,
            "reason": decision.reason,
            "experiment_id": part.experiment_id if part else None,
            "subject_key": part.subject_key if part else None,
            "variant": part.variant if part else None,
            "policy": decision.policy,
            "fallback": "; ".join(notes) or None,
            "options": options_out(decision.options),
            "rules": hits_out(decision.hits),
            "features": plain(asked.known),
            "versions": {
                "models": self.scoring.versions,
                "settings": asked.configured.settings.version,
                "rules": asked.configured.rules.version,
            },
        }

    def _authentication(self, asked: Asked, audit_id: str) -> Answered:
        scores, fallback = self._scored(asked, lambda models: models.paths(asked.context, asked.known))
        decision = decide_authentication(asked.context, scores, asked.configured.settings, asked.wishes)
        response = self._common(asked, audit_id, decision, fallback)
        response |= {"path": decision.path, "risk_tier": decision.risk_tier, "liability": decision.liability}
        return Answered(response, decision.path)

    def _routing(self, asked: Asked, audit_id: str) -> Answered:
        way = self.choice.way_of(asked.context)
        scores, fallback = self._scored(asked, lambda models: models.routes_of(asked.context, asked.known, way))
        decision, expected = self.choice.choose(asked.context, scores, asked.configured, asked.wishes)
        names = dict.fromkeys(one.action.split("/")[0] for one in decision.options if one.is_eligible)
        response = self._common(asked, audit_id, decision, fallback)
        response |= {
            "primary_route": decision.route,
            "solution": decision.solution,
            "propensity": decision.propensity,
            "is_exploration": decision.is_exploration,
            "candidates": list(names),
            "should_cascade": bool(decision.cascade),
            "cascade": list(decision.cascade),
        }
        return Answered(response, f"{decision.route}/{decision.solution}", decision.route, expected)

    def _retry_scores(self, asked: Asked) -> tuple[Any, str | None]:
        reason = decline_of(asked.context).reason
        return self._scored(asked, lambda models: models.retries(asked.context, asked.known, reason))

    def _retry(
        self, asked: Asked, audit_id: str, history: Sequence[CardRow], scores: Any, fallback: str | None
    ) -> Answered:
        payment = asked.context.payment_id
        of_payment = sum(payment is None or row.payment_id == payment for row in history)
        made = known_attempts(asked.context, attempts_of(history), of_payment)
        facts = RetryFacts(made, asked.configured.codes)
        decision = decide_retry(asked.context, scores, facts, asked.configured.settings, asked.wishes)
        response = self._common(asked, audit_id, decision, fallback)
        response |= {
            "should_retry": decision.should_retry,
            "retry_after_seconds": decision.wait_seconds,
            "max_attempts": decision.attempts_max,
            "way": decision.way,
            "counted_attempts": len(made),
        }
        return Answered(response, decision.way or "stop", attempt=granted(asked.context, decision.wait_seconds))
