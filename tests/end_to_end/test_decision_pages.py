"""Decisions in a real browser: what was decided for a payment, what a retry would bring, and the queue of retries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.end_to_end.pages import Visit, run, served, visiting

if TYPE_CHECKING:
    from collections.abc import Iterator

ATTEMPTS, DAYS, SEED = "4000", "20", "7"
ASK = """async ([method, path, body]) => {
    const answer = await fetch(path, {method, headers: {'content-type': 'application/json'}, body: body && JSON.stringify(body)})
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
}"""


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    home = tmp_path_factory.mktemp("decisions") / "home"
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
