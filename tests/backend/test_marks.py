"""What changed, as marks beside a rate: people's changes by name, and not what the application writes on its first day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.operations import Incident

if TYPE_CHECKING:
    from tests.backend.conftest import Place

RULE = {
    "name": "Marked rule",
    "rule_type": "routing",
    "condition_expression": "card_network = 'visa'",
    "action_kind": "no_exploration",
}


def test_a_rule_in_shadow_and_an_incident_are_marks_with_a_name_and_a_page(trodden_place: Place) -> None:
    made = trodden_place.admin.post("/api/rules", RULE).json()
    trodden_place.admin.post(f"/api/rules/{made['id']}/status", {"status": "shadow"})
    with trodden_place.store.change(SYSTEM) as session:
        session.add(Incident(category="psp", key="psp=marked", title="Marked fails", severity="high", details={}))

    marks = trodden_place.admin.get("/api/marks?since=2020-01-01T00:00:00Z").json()

    said = {mark["title"]: mark for mark in marks}
    assert said["Rule Marked rule: shadow"]["link"] == f"/rules?id={made['id']}"
    assert said["Rule Marked rule: shadow"]["kind"] == "rule"
    assert said["Incident: Marked fails"]["by"] == SYSTEM.name
    assert [mark["at"] for mark in marks] == sorted(mark["at"] for mark in marks)
    assert not [mark for mark in marks if mark["kind"] == "rule" and mark["by"] == SYSTEM.name]


def test_marks_are_those_of_the_time_asked_for(trodden_place: Place) -> None:
    answer = trodden_place.admin.get("/api/marks?since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z")

    assert answer.json() == []
