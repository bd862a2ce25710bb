"""Decisions are stored before they are answered, once for each key, and counted for each card."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import TypeAdapter
from sqlalchemy import select, text
from tests.backend.browser import ADDRESS, Browser, signed_in
from tests.backend.fakes import NOW, Memory
from tests.store.databases import Databases

from payment_analysis.backend.app import create_app
from payment_analysis.backend.decision_models import AuthDecisionOut, RetryDecisionOut, RoutingDecisionOut
from payment_analysis.domain.roles import Role
from payment_analysis.store.decisions import CardAttempt, DecisionLog, DecisionOutcome
from payment_analysis.store.operations import Incident
from payment_analysis.store.told_decisions import told_decisions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from payment_analysis.store.database import Database

PAYMENT: dict[str, Any] = {
    "merchant_id": "m1",
    "amount_minor": 12_000,
    "currency": "BRL",
    "network": "mastercard",
    "issuer": "bank",
    "issuer_country": "BR",
    "merchant_country": "BR",
    "risk_score": 0.2,
}
DECLINED = PAYMENT | {"previous_decline_code": "91", "attempt_number": 1, "card_token_id": "card-1"}


class Place:
    """An application over a store, without a lakehouse or models."""

    def __init__(self, store: Database) -> None:
        self.store = store
        self.now = NOW
        self.app = create_app(Memory(), store, clock=lambda: self.now)
        self.browser = signed_in(self.app, store, NOW)

    def decide(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.browser.post(f"/api/decision/{kind}", body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def outcome(self, audit_id: str, outcome: str, **more: Any) -> dict[str, Any]:
        return self.decide("outcome", {"audit_id": audit_id, "outcome": outcome, **more})

    def count(self, table: type[Any]) -> int:
        with self.store.read() as session:
            return len(session.scalars(select(table)).all())


@pytest.fixture(scope="module")
def place(databases: Databases) -> Iterator[Place]:
    store = databases.fresh()
    made = Place(store)
    for route, rate in (("north", 90), ("south", 80)):
        body = {"route_name": route, "approval_rate_pct": rate}
        assert made.browser.post("/api/decision/admin/routes", body).status_code == 200
    yield made
    made.app.state.decisions.close()
    store.close()


@pytest.mark.parametrize(
    ("kind", "body", "model"),
    [
        ("authentication", PAYMENT, AuthDecisionOut),
        ("routing", PAYMENT, RoutingDecisionOut),
        ("retry", DECLINED, RetryDecisionOut),
    ],
)
def test_an_answer_is_what_is_documented_and_what_is_stored(place: Place, kind: str, body: Any, model: Any) -> None:
    answer = place.decide(kind, body)

    TypeAdapter(model).validate_python(answer, extra="forbid")
    assert answer["fallback"] == "the models are being loaded"
    with place.store.read() as session:
        row = session.scalars(select(DecisionLog).where(DecisionLog.audit_id == answer["audit_id"])).one()
        assert row.response == answer
        assert row.request.items() >= {name: body[name] for name in PAYMENT}.items()


def test_the_same_key_gives_the_same_decision_and_another_question_is_a_conflict(place: Place) -> None:
    body = PAYMENT | {"idempotency_key": "order-1"}

    first, again = place.decide("routing", body), place.decide("routing", body)
    other = place.browser.post("/api/decision/routing", body | {"amount_minor": 1})

    assert first == again
    assert other.status_code == 409


def test_a_bad_request_names_the_field_and_a_stranger_is_turned_away(place: Place) -> None:
    wrong = place.browser.post("/api/decision/authentication", PAYMENT | {"risk_score": 3})
    unknown = place.browser.post("/api/decision/authentication", PAYMENT | {"colour": "red"})
    viewer = signed_in(place.app, place.store, NOW, Role.VIEWER).post("/api/decision/authentication", PAYMENT)

    assert (wrong.status_code, "body.risk_score" in wrong.text) == (422, True)
    assert (unknown.status_code, "body.colour" in unknown.text) == (422, True)
    assert viewer.status_code == 403
    assert Browser(place.app).post("/api/decision/authentication", PAYMENT).status_code == 401


def test_what_the_database_cannot_hold_is_refused_alone(place: Place) -> None:
    answer = place.browser.post("/api/decision/routing", PAYMENT | {"metadata": {"note": "a\0b"}})

    assert answer.status_code == 422


def test_outcomes_come_late_and_twice_and_are_counted_once(place: Place) -> None:
    audit_id = place.decide("routing", PAYMENT)["audit_id"]

    late = place.outcome(audit_id, "timeout")
    again = place.outcome(audit_id, "timeout")
    resolved = place.outcome(audit_id, "approved")
    against = place.browser.post("/api/decision/outcome", {"audit_id": audit_id, "outcome": "declined"})

    assert (late["accepted"], late["counts_against_route"], again["is_repeat"]) == (True, True, True)
    assert (resolved["revises"], resolved["counts_against_route"]) == ("timeout", False)
    assert against.status_code == 409
    with place.store.read() as session:
        told = session.scalars(select(DecisionOutcome.outcome).where(DecisionOutcome.audit_id == audit_id))
        assert sorted(told) == ["approved", "timeout"]


FAULTS = """
    approved  -             -         no
    declined  51            cardholder no
    declined  05            issuer    no
    declined  96            issuer    yes
    declined  ACQUIRER_ERROR gateway  yes
    timeout   -             gateway   yes
    error     -             gateway   yes
"""


@pytest.mark.parametrize("case", FAULTS.strip().splitlines())
def test_only_a_fault_of_the_provider_counts_against_it(place: Place, case: str) -> None:
    outcome, code, fault, counts = case.split()
    audit_id = place.decide("routing", PAYMENT)["audit_id"]
    told = {} if code == "-" else {"outcome_reason": code} if code.isupper() else {"outcome_code": code}

    answer = place.outcome(audit_id, outcome, **told)

    assert (answer["fault"] or "-", answer["counts_against_route"]) == (fault, counts == "yes")


def test_parallel_retries_of_one_card_never_break_a_scheme_limit(databases: Databases) -> None:
    """Mastercard in Brazil: seven declines in 24 hours. Two programs share the store."""
    store = databases.fresh()
    places = [Place(store), Place(store)]

    async def all_at_once() -> list[dict[str, Any]]:
        async def ask(number: int) -> dict[str, Any]:
            one = places[number % 2]
            transport = httpx.ASGITransport(app=one.app)
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=one.browser.cookies) as client:
                body = DECLINED | {"payment_id": f"p{number}", "attempt_number": 0}
                answer = await client.post("/api/decision/retry", json=body, headers={"origin": ADDRESS})
            return dict(answer.json())

        return await asyncio.gather(*(ask(number) for number in range(40)))

    answers = asyncio.run(all_at_once())

    soon = [one for one in answers if one["should_retry"] and one["retry_after_seconds"] < 86_400]
    assert len(soon) == 6  # and the decline that the caller told of makes seven
    refused = next(one for one in answers if not one["should_retry"])
    assert "mastercard_excessive_day allows 7" in refused["reason"]
    assert places[0].count(CardAttempt) == 6
    for one in places:
        one.app.state.decisions.close()
    store.close()


def test_a_route_that_fails_is_left_watched_and_taken_back_with_an_incident(databases: Databases) -> None:
    store = databases.fresh()
    place = Place(store)
    for route in ("north", "south"):
        place.browser.post("/api/decision/admin/routes", {"route_name": route, "approval_rate_pct": 90})
    place.browser.ask("PUT", "/api/decision/admin/config/new_route_outcomes_min", json={"value": "0"})

    def send(times: int, *, north_works: bool) -> int:
        to_north = 0
        batch = {
            "decision_type": "routing",
            "contexts": [PAYMENT | {"issuer": f"bank {number % 7}"} for number in range(times)],
        }
        for one in place.decide("batch", batch)["decisions"]:
            decision = one["decision"]
            fails = decision["primary_route"] == "north" and not north_works
            to_north += decision["primary_route"] == "north"
            place.outcome(decision["audit_id"], "error" if fails else "approved")
        return to_north

    assert send(30, north_works=True) > 3
    assert send(30, north_works=False) >= 5
    probes = send(100, north_works=False)
    place.app.state.decisions.lessons.incidents.wait()
    with store.read() as session:
        incident = session.scalars(select(Incident)).one()
        assert (incident.key, incident.status, len(incident.details["steps"])) == ("psp=north", "mitigating", 1)

    assert probes <= 10
    place.browser.ask("PUT", "/api/decision/admin/config/probe_share", json={"value": "0.1"})
    for _ in range(3):
        send(50, north_works=True)
    place.app.state.decisions.lessons.incidents.wait()
    with store.read() as session:
        incident = session.scalars(select(Incident)).one()
        assert (incident.status, [step["step"] for step in incident.details["steps"]]) == (
            "resolved",
            ["left", "returned"],
        )
    place.app.state.decisions.close()
    store.close()


def test_a_setting_is_followed_by_the_next_decision_and_leaves_an_audit_row(place: Place) -> None:
    body = PAYMENT | {"risk_score": 0.3, "amount_minor": 777}

    before = place.decide("authentication", body)
    place.browser.ask("PUT", "/api/decision/admin/config/risk_threshold_medium", json={"value": "0.25"})
    after = place.decide("authentication", body)
    refused = place.browser.ask("PUT", "/api/decision/admin/config/risk_threshold_medium", json={"value": "2"})

    assert (before["risk_tier"], after["risk_tier"]) == ("low", "medium")
    assert before["versions"]["settings"] != after["versions"]["settings"]
    assert refused.status_code == 422
    with place.store.read() as session:
        row = session.execute(text("select actor, after from payment_analysis.audit where subject = 'decisionconfig'"))
        assert row.first() is not None


def test_a_preview_is_not_stored(place: Place) -> None:
    before = place.count(DecisionLog)

    answer = place.decide("preview", {"decision_type": "routing", "context": PAYMENT})

    assert answer["audit_id"] == "preview"
    assert place.count(DecisionLog) == before


def test_a_store_that_is_down_is_a_503_and_never_an_unlogged_answer(tmp_path: Path) -> None:
    servers = Databases(tmp_path / "server")
    store = servers.fresh()
    place = Place(store)
    place.browser.post("/api/decision/admin/routes", {"route_name": "north"})
    place.decide("routing", PAYMENT)
    servers.server.end()
    try:
        answer = place.browser.post("/api/decision/routing", PAYMENT)

        assert answer.status_code == 503
        assert "audit_id" not in answer.text
    finally:
        place.app.state.decisions.close()
        store.close()


def test_fraud_that_is_reported_weeks_later_labels_the_payment_once(place: Place) -> None:
    payment = PAYMENT | {"payment_id": "pay-reported"}
    audit_id = place.decide("routing", payment)["audit_id"]
    place.outcome(audit_id, "approved", occurred_at="2026-01-02T01:00:00Z")
    heard = place.app.state.decisions.choice.memory.outcomes

    before = heard(place.decide("routing", payment)["primary_route"])
    reported = place.outcome(audit_id, "approved", occurred_at="2026-02-02T01:00:00Z", extra={"is_fraud": True})
    again = place.outcome(audit_id, "approved", extra={"is_fraud": True})

    assert (reported["accepted"], reported["revises"], again["is_repeat"]) == (True, None, True)
    assert heard(place.decide("routing", payment)["primary_route"]) == before
    told = {one.audit_id: one.fraud_at for one in told_decisions(place.store) if one.outcome}
    assert told == {audit_id: datetime(2026, 2, 2, 1, tzinfo=UTC)}


def test_a_late_outcome_may_name_its_own_time(place: Place) -> None:
    audit_id = place.decide("routing", PAYMENT)["audit_id"]
    at = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(hours=1)

    place.outcome(audit_id, "approved", occurred_at=at.isoformat(), latency_ms=250)

    (row,) = place.browser.get("/api/analytics/decisions/recent?limit=1").json()
    assert row["audit_id"] == audit_id
    assert row["outcomes"] == [
        {"outcome": "approved", "outcome_code": None, "fault": None, "at": "2026-01-02T01:00:00Z"}
    ]
