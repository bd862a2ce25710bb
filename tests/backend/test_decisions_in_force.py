"""What people put into force decides: rules and running experiments of the store reach the next decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from tests.backend.browser import Browser, signed_in
from tests.backend.fakes import NOW, Memory

from payment_analysis.backend.app import create_app
from payment_analysis.backend.rule_book import rules_in_force
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.configuration import ApprovalRule
from payment_analysis.store.decisions import DecisionLog, ExperimentAssignment
from payment_analysis.store.first_rows import add_rules
from payment_analysis.store.operations import Incident
from payment_analysis.store.people import Notification

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.store.databases import Databases

    from payment_analysis.store.database import Database

PAYMENT: dict[str, Any] = {"merchant_id": "m1", "amount_minor": 60_000, "currency": "BRL", "network": "visa"}
RULE = {
    "name": "Challenge large ones",
    "rule_type": "authentication",
    "condition_expression": "amount_cents >= 50000",
    "action_kind": "force_path",
    "action_value": "3ds_challenge",
}
FRICTIONLESS = {"kind": "force_path", "value": "3ds_frictionless"}
DESIGN: dict[str, Any] = {
    "name": "Frictionless",
    "decision": "authentication",
    "variants": [
        {"name": "control", "share": 0.5},
        {"name": "frictionless", "share": 0.5, "actions": [FRICTIONLESS]},
    ],
    "holdout_share": 0.0,
}


class Place:
    """An application that has just looked at its store before every decision."""

    def __init__(self, store: Database) -> None:
        self.store, self.app = store, create_app(Memory(), store, clock=lambda: NOW)
        self.browser: Browser = signed_in(self.app, store, NOW)

    def decide(self, **more: object) -> dict[str, Any]:
        self.app.state.decisions.state.forget()
        answer = self.browser.post("/api/decision/authentication", PAYMENT | more)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def made(self, path: str, body: dict[str, Any]) -> str:
        answer = self.browser.post(path, body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@pytest.fixture
def place(databases: Databases) -> Iterator[Place]:
    store = databases.fresh()
    made = Place(store)
    yield made
    made.app.state.decisions.close()
    store.close()


def in_force(place: Place, status: str) -> str:
    rule = place.made("/api/rules", RULE)
    answer = place.browser.post(f"/api/rules/{rule}/status", {"status": status, "reason": "the regulator asks for it"})
    assert answer.status_code == 200, answer.text
    return rule


def test_a_rule_put_into_force_changes_the_next_decision_and_is_told(place: Place) -> None:
    before = place.decide()
    rule = in_force(place, "active")

    after, small = place.decide(), place.decide(amount_minor=100)

    assert (before["path"] != "3ds_challenge", after["path"]) == (True, "3ds_challenge")
    assert [(hit["rule_id"], hit["followed"]) for hit in after["rules"]] == [(rule, True)]
    assert small["rules"] == []
    assert before["versions"]["rules"] == "none"
    assert after["versions"]["rules"] == small["versions"]["rules"] != "none"


def test_a_rule_in_the_shadow_is_written_down_and_changes_nothing(place: Place) -> None:
    before = place.decide()
    rule = in_force(place, "shadow")

    after = place.decide()

    assert after["path"] == before["path"]
    with place.store.read() as session:
        row = session.scalars(select(DecisionLog).where(DecisionLog.audit_id == after["audit_id"])).one()
        assert [hit["rule_id"] for hit in row.response["rules"]] == [rule]


def test_a_running_experiment_gives_a_subject_one_variant_and_writes_it_once(place: Place) -> None:
    design = place.made("/api/experiments", DESIGN)
    idle = place.decide(payment_id="p0")
    place.browser.post(f"/api/experiments/{design}/start")

    told = [place.decide(payment_id=f"p{number % 8}") for number in range(16)]

    ways = {one["subject_key"]: one["variant"] for one in told}
    assert (idle["experiment_id"], idle["variant"]) == (None, None)
    assert {one["experiment_id"] for one in told} == {design}
    assert all(one["variant"] == ways[one["subject_key"]] for one in told)
    assert all(one["path"] == "3ds_frictionless" for one in told if one["variant"] == "frictionless")
    assert place.decide()["experiment_id"] is None  # it names no payment
    with place.store.read() as session:
        rows = session.scalars(select(ExperimentAssignment)).all()
        logged = session.scalars(select(DecisionLog).where(DecisionLog.audit_id == told[0]["audit_id"])).one()
    assert sorted((row.subject_key, row.variant) for row in rows) == sorted(ways.items())
    assert (logged.response["experiment_id"], logged.response["subject_key"]) == (design, told[0]["subject_key"])


def test_a_stored_rule_that_does_not_read_is_left_out_with_an_incident_and_freezes_nothing(place: Place) -> None:
    rule = in_force(place, "active")

    def write(condition: str) -> None:
        with place.store.change(SYSTEM) as session:
            session.scalars(select(ApprovalRule)).one().condition_expression = condition

    write("no_such_field > 3")
    without = place.decide()
    place.browser.ask("PUT", "/api/decision/admin/config/risk_threshold_medium", json={"value": "0.25"})
    later = place.decide()
    with place.store.read() as session:
        incident = session.scalars(select(Incident)).one()
        told = session.scalars(select(Notification.title)).one()
    write("amount_cents >= 1")
    again = place.decide()

    assert (without["rules"], later["rules"], again["path"]) == ([], [], "3ds_challenge")
    assert later["versions"]["settings"] != without["versions"]["settings"]
    assert (incident.category, incident.key, incident.status) == ("unreadable", f"rule={rule}", "open")
    assert told == incident.title
    with place.store.read() as session:
        assert session.scalars(select(Incident.status)).all() == ["resolved"]


def test_the_first_rules_of_the_store_read_and_are_written_once(place: Place) -> None:
    for _ in range(2):
        with place.store.change(SYSTEM) as session:
            add_rules(session)

    with place.store.read() as session:
        rules, unreadable = rules_in_force(session)
    assert (len(rules), unreadable) == (3, [])
