"""Experiments through the API: designed, started, assigned once, read, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.backend.browser import Browser, signed_in
from tests.backend.fakes import NOW

from payment_analysis.backend.rule_book import designs_running
from payment_analysis.domain.roles import Role
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.decisions import DecisionLog, DecisionOutcome, ExperimentAssignment

if TYPE_CHECKING:
    from tests.backend.conftest import Place

VARIANTS: list[dict[str, Any]] = [
    {"name": "control", "share": 0.5},
    {"name": "frictionless", "share": 0.5, "actions": [{"kind": "force_path", "value": "3ds_frictionless"}]},
]
DESIGN: dict[str, Any] = {
    "name": "Frictionless for trusted devices",
    "decision": "authentication",
    "eligible": "device_trust_score > 90%",
    "variants": VARIANTS,
    "holdout_share": 0.0,
}


@pytest.fixture(scope="module")
def operator(trodden_place: Place) -> Browser:
    return signed_in(trodden_place.app, trodden_place.store, NOW, Role.OPERATOR)


def made(browser: Browser, **changes: object) -> dict[str, Any]:
    answer = browser.post("/api/experiments", {**DESIGN, **changes})
    assert answer.status_code == 201, answer.text
    one: dict[str, Any] = answer.json()
    return one


def test_an_experiment_goes_from_draft_to_stopped_and_no_further(trodden_place: Place, operator: Browser) -> None:
    one = made(operator, name="life")
    path = f"/api/experiments/{one['id']}"

    steps = [operator.post(f"{path}/{step}").json().get("status") for step in ("start", "pause", "start", "stop")]

    assert steps == ["running", "paused", "running", "stopped"]
    assert operator.post(f"{path}/start").status_code == 409
    with trodden_place.store.read() as session:
        assert one["id"] not in {design.experiment_id for design in designs_running(session)[0]}


def test_a_subject_is_assigned_once_and_by_a_draft_never(operator: Browser) -> None:
    one = made(operator, name="assigned")
    path = f"/api/experiments/{one['id']}"

    drafted = operator.post(f"{path}/assign", {"subject_key": "p1"})
    operator.post(f"{path}/start")
    ways = {operator.post(f"{path}/assign", {"subject_key": "p1"}).json()["variant"] for _ in range(3)}

    assert drafted.status_code == 409
    assert len(ways) == 1
    assert len(operator.get(f"{path}/assignments").json()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"variants": [{"name": "control", "share": 0.5}, {"name": "b", "share": 0.4}]},
        {"variants": [{"name": "control", "share": 1.0}]},
        {"variants": [{"name": "control", "share": 0.5}, {"name": "holdout", "share": 0.5}]},
        {"variants": VARIANTS[::-1]},
        {"eligible": "device_trust > 1"},
        {"decision": "retry"},
    ],
    ids=["shares", "one variant", "a variant called holdout", "the control treats", "condition", "foreign action"],
)
def test_a_design_that_makes_no_sense_is_refused(operator: Browser, change: dict[str, object]) -> None:
    assert operator.post("/api/experiments", {**DESIGN, "name": "senseless", **change}).status_code == 422


def test_power_needs_what_the_literature_says(operator: Browser) -> None:
    found = operator.get("/api/experiments/power?base=0.87&effect=0.01&shares=0.5&shares=0.5&per_day=1000").json()

    assert found["per_variant"] == [17755, 17755]  # ml.md 4.6: 17.7 thousand per arm
    assert found["days"] == pytest.approx(35.5, abs=0.1)


def decide(place: Place, experiment: dict[str, Any], subjects: int) -> None:
    """Subjects of both variants and of the holdout, decided and told; the treatment approves 9 of 10, the others 8."""
    with place.store.change(SYSTEM) as session:
        for number in range(subjects):
            variant = ("control", "frictionless", "holdout")[number % 3]
            key, audit_id = f"s{number}", f"{experiment['id']}-{number}"
            approved = number // 3 % 10 < (9 if variant == "frictionless" else 8)
            session.add(ExperimentAssignment(experiment_id=experiment["id"], subject_key=key, variant=variant))
            session.add(
                DecisionLog(
                    audit_id=audit_id,
                    decision_type="authentication",
                    request={"amount_minor": 1_000, "merchant_segment": "Travel" if number % 2 else "Retail"},
                    response={"experiment_id": experiment["id"], "subject_key": key, "variant": variant},
                )
            )
            for outcome in ("timeout", "approved" if approved else "declined"):  # the last one told counts
                session.add(
                    DecisionOutcome(audit_id=audit_id, decision_type="authentication", outcome=outcome, latency_ms=200)
                )
                session.flush()


def test_results_are_what_the_subjects_brought(trodden_place: Place, operator: Browser) -> None:
    one = made(operator, name="results", holdout_share=0.3, effect_min=0.1)
    operator.post(f"/api/experiments/{one['id']}/start")
    decide(trodden_place, one, 1_800)

    results = operator.get(f"/api/experiments/{one['id']}/results?segment=merchant_segment").json()

    control, treated, holdout = results["variants"]
    assert [part["variant"] for part in (control, treated, holdout)] == ["control", "frictionless", "holdout"]
    assert (control["approval_rate"], treated["approval_rate"]) == (0.8, 0.9)
    assert treated["lift"]["value"] == pytest.approx(0.1)
    assert treated["lift"]["low"] > 0
    assert (results["ratio_p"], results["ratio_is_wrong"]) == (1.0, False)
    assert {part["segment"] for part in results["segments"]} == {"Retail", "Travel"}
    (ledger,) = results["ledger"]
    assert (ledger["baseline"], ledger["treated"], ledger["organic"]) == ("holdout", 540_000, 480_000)
    assert ledger["incremental"]["value"] == pytest.approx(60_000)
    assert {rail["name"]: rail["state"] for rail in treated["guardrails"]}["latency"] == "fine"


def test_a_split_that_was_not_planned_is_said_first(trodden_place: Place, operator: Browser) -> None:
    one = made(operator, name="skewed")
    with trodden_place.store.change(SYSTEM) as session:
        for number in range(400):
            variant = "control" if number % 3 else "frictionless"
            session.add(ExperimentAssignment(experiment_id=one["id"], subject_key=f"s{number}", variant=variant))

    results = operator.get(f"/api/experiments/{one['id']}/results").json()

    assert results["ratio_is_wrong"] is True
    assert results["verdict"].startswith("The subjects are not split as planned")


def test_nothing_is_claimed_of_nobody(trodden_place: Place, operator: Browser) -> None:
    one = made(operator, name="empty")

    assert operator.get(f"/api/experiments/{one['id']}/results").json()["variants"] == []
