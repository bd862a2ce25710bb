"""Retries to look at: the preview counts what it is told and stores nothing, the queue is told by the store."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.backend.browser import signed_in
from tests.backend.fakes import NOW
from tests.backend.test_decisions import DECLINED, PAYMENT, Place

from payment_analysis.domain.roles import Role
from payment_analysis.store.decisions import CardAttempt, DecisionLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.store.databases import Databases

SOFT: dict[str, Any] = PAYMENT | {"previous_decline_code": "51", "attempt_number": 1}
HARD: dict[str, Any] = PAYMENT | {"previous_decline_code": "43", "attempt_number": 1}


@pytest.fixture
def place(databases: Databases) -> Iterator[Place]:
    store = databases.fresh()
    made = Place(store)
    yield made
    made.app.state.decisions.close()
    store.close()


def preview(place: Place, context: dict[str, Any], earlier: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return place.decide("retries/preview", {"context": context, "earlier": earlier or []})


def queue(place: Place, **query: Any) -> dict[str, Any]:
    answer = place.browser.get("/api/decision/retries", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_preview_says_what_the_engine_says_and_stores_nothing(place: Place) -> None:
    shown = preview(place, DECLINED)

    assert shown["decision"]["audit_id"] == "preview"
    assert (place.count(DecisionLog), place.count(CardAttempt)) == (0, 0)
    decided = place.decide("retry", DECLINED)
    same = ("should_retry", "retry_after_seconds", "max_attempts", "way", "reason", "policy")
    assert {name: shown["decision"][name] for name in same} == {name: decided[name] for name in same}
    assert shown["curve"] == []  # nobody has trained a model here


def test_a_stolen_card_is_never_sent_again_whatever_is_waited(place: Place) -> None:
    shown = preview(place, HARD)

    assert shown["decision"]["should_retry"] is False
    assert shown["earliest_seconds"] is None


def test_the_limit_of_the_network_opens_when_the_oldest_decline_leaves_its_window(place: Place) -> None:
    declines = [{"hours_ago": hours, "code": "51"} for hours in range(20, 13, -1)]

    shown = preview(place, SOFT, declines)

    (day,) = (one for one in shown["limits"] if one["rule"] == "mastercard_excessive_day")
    assert (day["attempts_max"], day["counted"], day["window_hours"]) == (7, 8, 24)
    assert (day["fee_minor"], day["fee_currency"]) == (200, "BRL")
    assert "Cielo" in day["source"]
    # eight declines, seven allowed: two of them have to leave the window of a day, those of 20 and of 19 hours ago
    assert day["allowed_after_seconds"] == 5 * 3600
    assert shown["earliest_seconds"] >= 5 * 3600
    assert shown["decision"]["counted_attempts"] == 8


def test_the_budget_of_the_house_counts_the_attempts_that_are_told(place: Place) -> None:
    declines = [{"hours_ago": 24.0 * days, "code": "51"} for days in range(1, 13)]

    assert preview(place, SOFT)["decision"]["should_retry"] is True
    refused = preview(place, SOFT, declines)["decision"]

    assert refused["should_retry"] is False
    assert "budget" in refused["reason"]


def test_a_granted_retry_waits_is_due_expires_or_is_done(place: Place) -> None:
    assert queue(place)["rows"] == []
    wait = place.decide("retry", SOFT | {"payment_id": "waits"})["retry_after_seconds"]
    told = place.decide("retry", SOFT | {"payment_id": "told"})["audit_id"]
    place.decide("retry", HARD | {"payment_id": "refused"})
    place.decide("retry", SOFT | {"payment_id": "twice"})
    place.decide("retry", SOFT | {"payment_id": "twice"})
    place.outcome(told, "approved")

    def states(later: timedelta) -> dict[str, list[str]]:
        place.now = NOW + timedelta(seconds=wait) + later
        rows = queue(place)["rows"]
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["payment_id"], []).append(row["state"])
        return {name: sorted(listed) for name, listed in found.items()}

    assert states(timedelta(seconds=-1)) == {"waits": ["waiting"], "told": ["done"], "twice": ["expired", "waiting"]}
    assert states(timedelta()) == {"waits": ["due"], "told": ["done"], "twice": ["due", "expired"]}
    assert states(timedelta(days=1)) == {"waits": ["expired"], "told": ["done"], "twice": ["expired", "expired"]}


def test_the_queue_has_pages_and_counts_every_state(place: Place) -> None:
    for number in range(3):
        wait = place.decide("retry", SOFT | {"payment_id": f"p{number}"})["retry_after_seconds"]
    place.now = NOW + timedelta(seconds=wait + 1)

    first = queue(place, limit=2)
    last = queue(place, limit=2, offset=first["next"])

    assert {one["state"]: one["retries"] for one in first["states"]} == {
        "due": 3,
        "waiting": 0,
        "expired": 0,
        "done": 0,
    }
    assert [row["payment_id"] for row in (*first["rows"], *last["rows"])] == ["p0", "p1", "p2"]
    assert last["next"] is None
    assert queue(place, state="done")["rows"] == []
    assert first["rows"][0]["amount_minor"] == PAYMENT["amount_minor"]


def test_a_decision_is_found_by_its_payment_and_by_its_id_with_what_was_told(place: Place) -> None:
    place.decide("retry", SOFT | {"payment_id": "another"})
    retry = place.decide("retry", SOFT | {"payment_id": "traced"})
    place.outcome(retry["audit_id"], "declined", outcome_code="51")

    of_payment = place.browser.get("/api/analytics/decisions/recent", params={"payment_id": "traced"}).json()
    alone = place.browser.get("/api/analytics/decisions/recent", params={"audit_id": retry["audit_id"]}).json()

    assert [one["audit_id"] for one in of_payment] == [retry["audit_id"]]
    assert alone == of_payment
    assert alone[0]["outcomes"][0]["outcome_code"] == "51"


def test_everybody_who_looks_may_preview(place: Place) -> None:
    viewer = signed_in(place.app, place.store, NOW, Role.VIEWER)

    assert viewer.post("/api/decision/retries/preview", {"context": SOFT}).status_code == 200
    assert viewer.get("/api/decision/retries").status_code == 200
