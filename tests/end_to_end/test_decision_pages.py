"""Decisions in a real browser: what was decided for a payment, what a retry or a threshold would bring, what agents ask."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.end_to_end.pages import Visit, run, served, visiting

from payment_analysis.agents.finding import Finding
from payment_analysis.agents.trial import trial
from payment_analysis.decisioning.actions import ActionKind
from payment_analysis.decisioning.fields import Decision
from payment_analysis.store.agent_runs import AgentFinding, AgentRun
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.database import Database
from payment_analysis.store.decisions import ProposedConfigChange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ATTEMPTS, DAYS, SEED = "4000", "20", "7"
ASK = """async ([method, path, body]) => {
    const answer = await fetch(path, {method, headers: {'content-type': 'application/json'}, body: body && JSON.stringify(body)})
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("decisions") / "home"


@pytest.fixture(scope="module")
def visit(home: Path) -> Iterator[Visit]:
    run("scripts/build_ui.py")
    world = ["--attempts", ATTEMPTS, "--days", DAYS, "--seed", SEED]
    run("-m", "payment_analysis.cli", "--home", str(home), "simulate", *world)
    run("-m", "payment_analysis.cli", "--home", str(home), "build")
    with served(home) as link, visiting(link) as visit:
        yield visit


def ask(visit: Visit, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What a system that is signed in like the page would ask."""
    return visit.page.evaluate(ASK, [method, path, body])


def declined(visit: Visit, code: str) -> dict[str, Any]:
    """A decline with that code as the context of a decision."""
    rows = ask(visit, "GET", "/api/transactions?result=declined&limit=500")["rows"]
    row = next(row for row in rows if row["decline_code_raw"] == code)
    same = ("merchant_id", "amount_minor", "currency", "issuer", "issuer_country", "payment_id")
    return {**{name: row[name] for name in same}, "network": row["card_network"], "merchant_country": "BR"}


def test_a_payment_tells_its_decisions_and_leads_to_them(visit: Visit) -> None:
    page, payment = visit.page, declined(visit, "51")
    quiet = declined(visit, "05")
    routed = ask(visit, "POST", "/api/decision/routing", payment)
    ask(
        visit,
        "POST",
        "/api/decision/outcome",
        {"audit_id": routed["audit_id"], "outcome": "declined", "outcome_code": "51"},
    )

    visit.open(f"/transactions?payment={payment['payment_id']}")
    told = page.get_by_role("region", name="Decisions")
    expect(told).to_contain_text(f"Send to {routed['primary_route']}")
    expect(told).to_contain_text("Told declined with code 51")
    told.locator("summary").click()
    expect(told).to_contain_text("chance of")
    expect(told).to_contain_text("What every action would have brought")
    expect(told).to_contain_text("settings")
    assert visit.violations() == []
    told.get_by_role("link", name="Open in Decisioning").click()
    made = page.get_by_role("region", name="The decision that was made")
    expect(made).to_contain_text(routed["audit_id"])
    visit.settle()
    assert visit.violations() == []
    made.get_by_role("link", name=re.compile("^The payment")).click()
    expect(page.get_by_role("dialog")).to_contain_text(payment["payment_id"])

    visit.open(f"/transactions?payment={quiet['payment_id']}")
    expect(page.get_by_role("region", name="Decisions")).to_contain_text("No decision was asked for this payment.")
    assert visit.wrong == []


def test_a_retry_is_simulated_with_its_limits_and_a_granted_one_waits_in_the_queue(visit: Visit) -> None:
    page = visit.page
    visit.open("/smart-retry")
    queue = page.get_by_role("region", name="Queue of retries")
    expect(queue).to_contain_text("No retry is granted yet")

    shown = page.get_by_role("region", name="What a retry would bring")
    page.get_by_role("textbox", name="Network").fill("mastercard")
    page.get_by_label("Earlier declines of the card at the merchant").fill("8")
    page.get_by_label("Spread over so many days").fill("1")
    expect(shown).to_contain_text("Mastercard excessive day: 9 counted, 7 allowed in 1 day")
    expect(shown).to_contain_text("Cielo card brands retry programme")
    page.get_by_label(re.compile("^Send it again")).fill("0")
    expect(shown).to_contain_text("Would break Mastercard excessive day: waiting avoids a fee of BRL 2.00")
    page.get_by_label("Decline code").fill("43")
    expect(shown).to_contain_text("Do not retry")
    visit.settle()
    assert visit.violations() == []

    payment = declined(visit, "51")
    ask(visit, "POST", "/api/decision/retry", {**payment, "previous_decline_code": "51", "attempt_number": 1})
    visit.use("dark")
    visit.open("/smart-retry")
    row = queue.get_by_role("row").nth(1)
    expect(row).to_contain_text("Waiting")
    expect(row).to_contain_text(payment["payment_id"])
    queue.get_by_role("button", name="Done 0").click()
    expect(queue).to_contain_text("No retry is in this state.")
    assert visit.violations() == []
    queue.get_by_role("button", name="All 1").click()
    row.get_by_role("link", name="The decision").click()
    expect(page.get_by_role("region", name="The decision that was made")).to_contain_text("As decided: Retry")
    visit.use("light")
    assert visit.wrong == []


def test_a_threshold_is_moved_and_becomes_a_rule(visit: Visit) -> None:
    page = visit.page
    visit.open("/smart-checkout")
    moved = page.get_by_role("region", name="Move the challenge threshold")
    expect(moved).to_contain_text("Challenge from fraud score 0.75 on")

    page.get_by_label(re.compile("^Challenge from fraud score")).fill("6")
    expect(moved).to_contain_text("Challenge from fraud score 0.30 on")
    assert visit.violations() == []
    moved.get_by_role("link", name="Create rule from this").click()
    rule = page.get_by_role("dialog")
    expect(rule.get_by_label("Name")).to_be_visible()
    rule.get_by_label("Name").fill("Challenge the risky")
    rule.get_by_role("button", name="Backtest on 90 days").click()
    expect(rule.get_by_role("region", name="Backtest")).to_contain_text("it fires for")
    assert visit.wrong == []


def test_a_cause_among_declines_begins_a_rule_and_an_experiment(visit: Visit) -> None:
    page = visit.page
    visit.open("/declines")

    page.get_by_role("link", name=re.compile("^Create rule from this: insufficient_funds")).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("decline_reason = 'insufficient_funds'")
    visit.settle()
    assert visit.violations() == []
    visit.open("/declines")
    page.get_by_role("link", name=re.compile("^Start experiment: issuer_br")).first.click()
    expect(page.get_by_label("Who takes part")).to_have_value(re.compile("^issuer = 'issuer_br"))
    assert visit.wrong == []


def proposal() -> ProposedConfigChange:
    where = {"issuer": "issuer_br_01"}
    leaves: dict[str, Any] = {"action": ActionKind.FORBID_ROUTE, "value": "meridian"}
    return ProposedConfigChange(
        source_agent="smart_routing",
        change_type="experiment",
        target_key="leave meridian",
        current_value=None,
        proposed_value=trial("leave meridian", "Another route for one bank.", where, Decision.ROUTING, **leaves),
        rationale="It approves less there.",
        expected_impact_pct=None,
    )


def agent_run() -> AgentRun:
    return AgentRun(
        agent="orchestrator",
        question="Which route?",
        asked_by="admin",
        answer="Leave it.",
        mode="planner",
        called={"agents": ["smart_routing"], "model_note": ""},
        steps={"taken": []},
        seconds=0.1,
    )


def proposed(home: Path) -> str:
    """The run of a finding with its proposal, as the agents keep them."""
    found = Finding("smart_routing", "issuer_br_01 approves less on meridian.", slice={"issuer": "issuer_br_01"})
    store, asks, made = Database.of_home(home), proposal(), agent_run()
    try:
        with store.change(SYSTEM) as session:
            session.add_all([asks, made])
            session.flush()
            kept: dict[str, Any] = {
                "agent": found.agent,
                "claim": found.claim,
                "value_per_day": None,
                "confidence": 0.5,
            }
            session.add(AgentFinding(run_id=made.id, position=0, finding=asdict(found), proposal_id=asks.id, **kept))
            return made.id
    finally:
        store.close()


def test_a_finding_leads_to_its_proposal_to_a_backtest_and_to_what_it_became(visit: Visit, home: Path) -> None:
    page = visit.page
    run_id = proposed(home)
    visit.open(f"/agents?run={run_id}")
    assert visit.violations() == []

    page.get_by_role("link", name="Its proposal").click()
    inbox = page.locator("[aria-current=true]").filter(has_text="leave meridian")
    expect(inbox).to_be_visible()
    visit.settle()
    assert visit.violations() == []
    inbox.get_by_role("link", name="The finding behind it").click()
    expect(page).to_have_url(re.compile(f"/agents.*run={run_id}"))
    page.get_by_role("link", name="Its proposal").click()
    inbox.get_by_role("link", name="Backtest it as a rule").click()
    rule = page.get_by_role("dialog")
    expect(rule).to_contain_text("issuer = 'issuer_br_01'")
    rule.get_by_label("Name").fill("Leave meridian")
    rule.get_by_role("button", name="Backtest on 90 days").click()
    expect(rule.get_by_role("region", name="Backtest")).to_contain_text("it fires for")
    rule.get_by_role("button", name="Keep as draft").click()
    rule.get_by_role("button", name="Run in shadow").click()
    expect(rule).to_contain_text("Shadow since")

    visit.open("/rules")
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("Decided", exact=True).click()
    page.get_by_role("link", name="The experiment it became").click()
    expect(page.get_by_role("dialog", name="leave meridian")).to_be_visible()
    assert visit.wrong == []
