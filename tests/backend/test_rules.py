"""Rules through the API: a draft, a replay, into force, changed, back; and who may do what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.backend.browser import Browser, signed_in
from tests.backend.fakes import NOW

from payment_analysis.backend.rule_book import rules_in_force
from payment_analysis.decisioning.actions import ActionKind
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.rules import evaluate, in_order
from payment_analysis.domain.roles import Role

if TYPE_CHECKING:
    from tests.backend.conftest import Place

NO_RETRY = {
    "name": "No retry of a wrong card",
    "rule_type": "retry",
    "condition_expression": "decline_fault = 'cardholder' AND attempt_number >= 2",
    "action_kind": "do_not_retry",
}


def made(browser: Browser, **changes: object) -> dict[str, Any]:
    answer = browser.post("/api/rules", {**NO_RETRY, **changes})
    assert answer.status_code == 201, answer.text
    rule: dict[str, Any] = answer.json()
    return rule


def status(browser: Browser, rule: dict[str, Any], wanted: str, reason: str | None = None) -> Any:
    return browser.post(f"/api/rules/{rule['id']}/status", {"status": wanted, "reason": reason})


def replay(browser: Browser, **changes: object) -> dict[str, Any]:
    told = {name: value for name, value in {**NO_RETRY, **changes}.items() if name not in {"name", "priority"}}
    answer = browser.post("/api/rules/backtest", told)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


@pytest.fixture(scope="module")
def operator(place: Place) -> Browser:
    return signed_in(place.app, place.store, NOW, Role.OPERATOR)


def test_a_rule_comes_into_force_only_after_its_replay(place: Place, operator: Browser) -> None:
    rule = made(operator)

    assert (rule["status"], rule["is_active"], rule["replayed_at"], rule["owner"]) == (
        "draft",
        False,
        None,
        "a-operator",
    )
    assert rule["action_summary"] == "do not retry"
    assert status(operator, rule, "active").status_code == 409
    replay(operator)
    active = status(operator, rule, "active").json()
    with place.store.read() as session:
        asked = in_order(rules_in_force(session)[0], Decision.RETRY)
    hits = evaluate(asked, {"decline_fault": "cardholder", "attempt_number": 3})
    assert (active["status"], active["is_active"]) == ("active", True)
    assert [hit.action.kind for hit in hits if hit.rule_id == rule["id"]] == [ActionKind.DO_NOT_RETRY]


def test_an_administrator_may_go_without_a_replay_and_the_version_says_why(place: Place, operator: Browser) -> None:
    rule = made(operator, condition_expression="mcc = '7995'")

    refused = status(operator, rule, "active", "the regulator asks for it")
    forced = status(place.admin, rule, "active", "the regulator asks for it")

    assert refused.status_code == 403
    assert forced.json()["status"] == "active"
    notes = [one["note"] for one in place.admin.get(f"/api/rules/{rule['id']}/versions").json()]
    assert notes[0] == "activated without a backtest: the regulator asks for it"


def test_a_change_of_what_an_active_rule_says_makes_it_a_draft_and_a_new_version(operator: Browser) -> None:
    rule = made(operator, condition_expression="mcc = '5999'")
    replay(operator, condition_expression="mcc = '5999'")
    status(operator, rule, "active")

    renamed = operator.ask("PATCH", f"/api/rules/{rule['id']}", json={"name": "Renamed"}).json()
    changed = operator.ask("PATCH", f"/api/rules/{rule['id']}", json={"condition_expression": "mcc = '5998'"}).json()
    back = operator.post(f"/api/rules/{rule['id']}/rollback", {"version": 2}).json()

    assert (renamed["status"], renamed["version"]) == ("active", 2)
    assert (changed["status"], changed["version"]) == ("draft", 3)
    assert (back["condition_expression"], back["version"]) == ("mcc = '5999'", 4)
    versions = operator.get(f"/api/rules/{rule['id']}/versions").json()
    assert [one["changed"] for one in versions] == [["condition_expression"], ["condition_expression"], ["name"], []]


def test_a_rule_that_does_not_read_is_kept_by_nobody(operator: Browser) -> None:
    before = operator.get("/api/rules").json()
    answers = [
        operator.post("/api/rules", {**NO_RETRY, "condition_expression": "decline_fault = cardholder"}),
        operator.post("/api/rules", {**NO_RETRY, "action_kind": "force_path"}),
        operator.post("/api/rules", {**NO_RETRY, "action_kind": "retry_after", "action_value": "soon"}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert operator.get("/api/rules").json() == before


def test_validation_is_an_answer_with_the_character(operator: Browser) -> None:
    wrong = operator.post(
        "/api/rules/validate", {"rule_type": "routing", "condition_expression": "network = vis"}
    ).json()
    right = operator.post(
        "/api/rules/validate", {"rule_type": "routing", "condition_expression": "approval_rate_5m < 70%"}
    ).json()

    assert (wrong["ok"], wrong["position"], wrong["length"]) == (False, 10, 3)
    assert (right["ok"], right["canonical"], right["not_stored"]) == (
        True,
        "approval_rate_5m < 0.7",
        ["approval_rate_5m"],
    )


def test_a_rule_about_what_is_not_stored_is_not_replayed(operator: Browser) -> None:
    told = {"rule_type": "routing", "condition_expression": "approval_rate_5m < 70%", "action_kind": "no_cascade"}

    answer = operator.post("/api/rules/backtest", told)

    assert answer.status_code == 422
    assert "approval_rate_5m" in answer.json()["detail"]


def test_a_draft_is_analysed_beside_the_rules_in_force(operator: Browser) -> None:
    rule = made(operator, name="No Elo", rule_type="routing", condition_expression="network = 'elo'",
                action_kind="forbid_route", action_value="two", priority=1)  # fmt: skip
    status(operator, rule, "shadow")

    draft = {
        **NO_RETRY, "name": "Elo in Brazil", "rule_type": "routing", "action_kind": "force_route", "action_value": "two",
        "condition_expression": "network = 'elo' and issuer_country = 'BR'",
    }  # fmt: skip
    found = operator.post("/api/rules/analyse", draft).json()

    assert [(one["kind"], one["rule_id"], one["other_id"]) for one in found] == [("shadowed", "draft", rule["id"])]


def test_only_a_draft_is_deleted(operator: Browser) -> None:
    draft, shadow = made(operator, name="a"), made(operator, name="b")
    status(operator, shadow, "shadow")

    assert operator.ask("DELETE", f"/api/rules/{draft['id']}").status_code == 204
    assert operator.ask("DELETE", f"/api/rules/{shadow['id']}").status_code == 409


def test_every_change_of_a_rule_is_in_the_audit(place: Place, operator: Browser) -> None:
    rule = made(operator, name="audited")
    status(operator, rule, "shadow")

    rows = place.admin.get("/api/audit?limit=20").json()["rows"]
    mine = [row for row in rows if row["subject"] == "approval_rules" and row["subject_id"] == rule["id"]]
    assert [(row["actor"], row["action"]) for row in mine] == [("a-operator", "change"), ("a-operator", "create")]


def test_a_proposal_becomes_a_draft_and_its_author_does_not_decide(place: Place, operator: Browser) -> None:
    body = {"change_type": "rule", "target_key": "No Elo at night", "rationale": "It declines.",
            "proposed_value": json.dumps({**NO_RETRY, "name": "Proposed"})}  # fmt: skip
    proposal = operator.post("/api/config-proposals", body).json()

    own = operator.post(f"/api/config-proposals/{proposal['id']}/review", {"verdict": "approve"})
    accepted = place.admin.post(f"/api/config-proposals/{proposal['id']}/review", {"verdict": "approve"}).json()
    again = place.admin.post(f"/api/config-proposals/{proposal['id']}/review", {"verdict": "reject"})

    assert own.status_code == 403
    assert (accepted["status"], again.status_code) == ("approved", 409)
    rule = operator.get(f"/api/{accepted['made']}").json()
    assert (rule["name"], rule["status"]) == ("Proposed", "draft")


def test_an_accepted_configuration_is_in_force_and_a_wrong_value_is_not_proposed(
    place: Place, operator: Browser
) -> None:
    good = {"change_type": "decline_code", "target_key": "96", "rationale": "It passes.",
            "proposed_value": json.dumps({"label": "System malfunction", "category": "transient"})}  # fmt: skip
    bad = {**good, "proposed_value": json.dumps({"label": "x", "category": "hard"})}

    proposal = operator.post("/api/config-proposals", good).json()
    accepted = place.admin.post(f"/api/config-proposals/{proposal['id']}/review", {"verdict": "approve"}).json()

    assert (accepted["status"], accepted["made"]) == ("applied", "decline_codes/96")
    assert operator.post("/api/config-proposals", bad).status_code == 422
