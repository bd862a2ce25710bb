"""The pages' data from a real lakehouse and a real store."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.backend.browser import Browser, signed_in
from tests.backend.fakes import NOW, Memory

from payment_analysis.backend.app import create_app
from payment_analysis.backend.gold_questions import GOLD_QUESTIONS, sql_of
from payment_analysis.backend.live_feed import LISTENERS_MAX, Listeners, arrived_since, newest_place
from payment_analysis.backend.recovery import COUNTS
from payment_analysis.domain.alert_rules import ALERT_RULES
from payment_analysis.domain.errors import TooMany
from payment_analysis.domain.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.backend.conftest import Place

    from payment_analysis.store.database import Database


@pytest.mark.parametrize("question", GOLD_QUESTIONS, ids=lambda question: question.operation_id)
def test_an_address_answers_what_its_view_answers(place: Place, question: Any) -> None:
    answer = place.admin.get(f"/api/analytics{question.path}?limit=2000").json()
    rows = place.lakehouse.rows(sql_of(question), {"at_most": 2000})

    assert answer["source"] == "user"
    assert answer["age_seconds"] is not None
    assert len(answer["rows"]) == len(rows)
    assert [list(row) for row in answer["rows"][:1]] == [list(row) for row in rows[:1]]


def test_the_scope_reaches_below_the_views(place: Place) -> None:
    total = place.admin.get("/api/analytics/kpis").json()["total"]
    visa = place.admin.get("/api/analytics/kpis?network=visa").json()["total"]
    others = place.admin.get("/api/analytics/dimensions/network").json()

    assert 0 < visa < total
    assert visa == others["attempts"][others["values"].index("visa")]


@pytest.mark.parametrize("query", ["range=7y", "network=vista", "from=tomorrow", "tz=Mars/Olympus", "to=2026-01-01"])
def test_a_scope_that_makes_no_sense_is_refused(place: Place, query: str) -> None:
    assert place.admin.get(f"/api/analytics/kpis?{query}").status_code == 422


def test_a_review_reaches_the_false_insight_rate(place: Place) -> None:
    def rate() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = place.admin.get("/api/analytics/insights/false-insights").json()["rows"]
        return rows

    before = sum(row["reviewed_insights"] for row in rate())
    for verdict in ("valid", "invalid"):
        body = {"insight_id": "i1", "insight_type": "risk_alert", "verdict": verdict, "reason": "seen it"}
        assert place.admin.post("/api/analytics/insights/feedback", body).status_code == 201

    after = rate()
    assert sum(row["reviewed_insights"] for row in after) == before + 2
    assert sum(row["invalid_insights"] for row in after) == 1
    assert {row["reviewer"] for row in place.admin.get("/api/analytics/insights/feedback").json()} == {"admin"}


def test_codes_are_explained_and_reviewed(place: Place) -> None:
    mapping = place.admin.get("/api/reason-codes/mapping").json()["rows"]
    unknown = place.admin.get("/api/reason-codes/mapping?unmapped_only=true").json()["rows"]
    review = {"network": "visa", "raw_code": "05", "read_as": "do_not_honor", "verdict": "valid"}

    assert all(row["sentence"] for row in mapping)
    assert {row["reason"] for row in unknown} <= {"unknown"}
    assert place.admin.post("/api/reason-codes/reviews", review).status_code == 201
    assert place.admin.get("/api/reason-codes/reviews").json()[0]["reviewer"] == "admin"


def test_a_row_that_was_put_aside_lands_after_it_was_mended(place: Place) -> None:
    page = place.admin.get("/api/data-quality/quarantine?limit=200").json()
    row = page["rows"][0]
    address = f"/api/data-quality/quarantine/{row['quarantine_id']}/replay"
    mended = {
        "transaction_id": "mended-1",
        "amount_minor": 100,
        "currency": "EUR",
        "event_timestamp": "2026-01-01T00:00:00Z",
        "result": "approved",
    }

    still_wrong = place.admin.post(address, {"record": mended | {"currency": "XYZ"}})
    landed = place.admin.post(address, {"record": mended})

    assert {row["reason"]: row["rows"] for row in page["reasons"]} == {
        "negative_amount": 1,
        "pan_found": 1,
        "unknown_currency": 1,
    }
    assert "4111111111111111" not in json.dumps(page)
    assert (still_wrong.status_code, "currency" in still_wrong.json()["hint"]) == (422, True)
    assert (landed.status_code, landed.json()["transaction_id"]) == (201, "mended-1")
    assert place.lakehouse.rows("select 1 as n from payments_stream_input where transaction_id = 'mended-1'") == [
        {"n": 1}
    ]
    replayed = place.admin.get("/api/data-quality/quarantine?limit=200").json()["replayed"]
    assert [one["transaction_id"] for one in replayed] == ["mended-1"]


def test_the_quarantine_is_read_page_by_page(place: Place) -> None:
    whole = place.admin.get("/api/data-quality/quarantine?limit=200").json()["rows"]
    first = place.admin.get("/api/data-quality/quarantine?limit=1").json()
    second = place.admin.get(f"/api/data-quality/quarantine?limit=1&after={first['next']}").json()

    assert [row["quarantine_id"] for row in (*first["rows"], *second["rows"])] == [
        row["quarantine_id"] for row in whole[:2]
    ]


def test_checks_and_layers_are_counted(place: Place) -> None:
    tables = {row["table"]: row for row in place.admin.get("/api/data-quality/tables").json()["rows"]}
    checks = place.admin.get("/api/data-quality/checks").json()["rows"]

    assert tables["payments_raw_bronze"]["rows"] >= tables["payments_enriched_silver"]["rows"] > 0
    assert tables["payments_enriched_silver"]["layer"] == "silver"
    assert [check for check in checks if check["level"] == "fail" and check["failed_rows"]] == []
    assert any(check["failed_rows"] for check in checks)


def test_the_feed_tells_what_arrived_and_how_many_it_left_out(place: Place) -> None:
    (count,) = place.lakehouse.rows("select count(*) as n from payments_enriched_silver")
    events = place.admin.get("/api/live/events?seconds=0&after=0").text
    (data,) = [json.loads(line.removeprefix("data: ")) for line in events.splitlines() if line.startswith("data: ")]
    place_now = newest_place(place.lakehouse)

    assert len(data["rows"]) + data["skipped"] == count["n"]
    assert data["place"] == place_now
    assert arrived_since(place.lakehouse, place_now).rows == []


def test_not_more_pages_listen_than_the_machine_can_bear() -> None:
    listeners = Listeners()
    held = [listeners.one_more() for _ in range(LISTENERS_MAX)]
    for one in held:
        one.__enter__()

    with pytest.raises(TooMany), listeners.one_more():
        pass
    held[0].__exit__(None, None, None)
    with listeners.one_more():
        assert True


def test_views_are_saved_for_oneself_or_for_all(place: Place) -> None:
    analyst = signed_in(place.app, place.store, NOW, Role.ANALYST)
    for name, shared in (("mine", False), ("ours", True)):
        body = {"name": name, "page": "/transactions", "search": "network=elo", "is_shared": shared}
        made = analyst.post("/api/saved-views", body)
        assert made.status_code == 201

    again = analyst.post("/api/saved-views", body)
    seen = place.admin.get("/api/saved-views").json()

    assert again.status_code == 409
    assert [(view["name"], view["is_own"]) for view in seen] == [("ours", False)]
    assert place.admin.ask("DELETE", f"/api/saved-views/{seen[0]['id']}").status_code == 404
    assert analyst.ask("DELETE", f"/api/saved-views/{seen[0]['id']}").status_code == 204


ALERT = {
    "alert_type": "LOW_APPROVAL_RATE",
    "severity": "CRITICAL",
    "scope_type": "psp",
    "scope_value": "north",
    "metric_name": "approval_rate_pct",
    "current_value": 40.0,
    "threshold_value": 80.0,
    "usual_value": 86.0,
    "transaction_count": 55,
    "window_minutes": 5,
    "alert_message": "North approves 40 %.",
    "first_detected": NOW - timedelta(hours=3),
    "last_detected": NOW - timedelta(hours=2),
    "false_alarm_rate": 0.001,
}


class Alerting(Memory):
    """A lakehouse with one alert, and counts since."""

    counts: Mapping[str, int] = {"hits": 86, "trials": 100}

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        if "data_clock" in sql:
            return [{"as_of": NOW}]
        if "v_active_alerts" in sql:
            return [ALERT] if parameters and parameters["scope_value"] == "north" else []
        if "v_scope_health_5min" in sql:
            assert parameters is not None
            assert parameters["since"] == NOW - timedelta(hours=1)
            return [dict(self.counts)]
        return [{"origin": "simulated"}]


@pytest.fixture
def operator(store: Database) -> tuple[Browser, Alerting]:
    lakehouse = Alerting()
    app = create_app(lakehouse, store, clock=lambda: NOW)
    return signed_in(app, store, NOW, Role.OPERATOR), lakehouse


DRAFT = {"alert_type": "LOW_APPROVAL_RATE", "scope_type": "psp", "scope_value": "north"}


def test_an_alert_becomes_an_incident_once_and_everybody_hears_of_it(operator: tuple[Browser, Alerting]) -> None:
    browser, _ = operator

    drafted = browser.post("/api/incidents/draft", DRAFT)
    again = browser.post("/api/incidents/draft", DRAFT)
    missing = browser.post("/api/incidents/draft", DRAFT | {"scope_value": "south"})

    incident = drafted.json()
    assert (drafted.status_code, again.status_code, missing.status_code) == (201, 409, 404)
    assert (incident["key"], incident["severity"], incident["title"]) == ("psp=north", "high", "North approves 40 %.")
    assert datetime.fromisoformat(incident["began_at"]).astimezone(UTC) == ALERT["first_detected"]
    (news,) = browser.get("/api/notifications?unread_only=true").json()["rows"]
    assert news["link"] == f"/incidents?id={incident['id']}"
    assert browser.post(f"/api/notifications/{news['id']}/read").json() == {"marked": 1}
    assert browser.post("/api/notifications/read-all").json() == {"marked": 0}
    assert browser.get("/api/notifications").json()["unread"] == 0


@pytest.mark.parametrize(
    ("hits", "trials", "recovery"),
    [
        (86, 100, "resolved"),
        (70, 100, "improving"),
        (45, 100, "still_failing"),
        (8, 10, "too_little_data"),
    ],
)
def test_recovery_is_what_the_data_says(
    operator: tuple[Browser, Alerting], hits: int, trials: int, recovery: str
) -> None:
    browser, lakehouse = operator
    incident = browser.post("/api/incidents/draft", DRAFT).json()["id"]
    lakehouse.counts = {"hits": hits, "trials": trials}

    answer = browser.get(f"/api/incidents/{incident}/recovery").json()

    assert (answer["recovery"], answer["attempts"], answer["source"]) == (recovery, trials, "simulated")
    assert (answer["normal_share"], answer["broken_share"]) == (0.86, 0.4)


def test_every_share_an_alert_watches_can_be_measured() -> None:
    assert set(COUNTS) == {rule.metric_name for rule in ALERT_RULES}


def test_an_incident_is_worked_on_and_closed(operator: tuple[Browser, Alerting]) -> None:
    browser, _ = operator
    body = {"category": "issuer", "key": "issuer=bank", "title": "The bank is slow", "details": {"note": "called"}}
    incident = browser.post("/api/incidents", body).json()["id"]
    task = browser.post(f"/api/incidents/{incident}/tasks", {"title": "Call the bank"}).json()
    done = browser.ask("PATCH", f"/api/incidents/{incident}/tasks/{task['id']}", json={"status": "done"}).json()
    moved = browser.ask("PATCH", f"/api/incidents/{incident}", json={"status": "mitigating", "owner": "Ben"}).json()
    closed = browser.post(f"/api/incidents/{incident}/resolve").json()

    assert (done["status"], moved["status"], moved["owner"], closed["status"]) == (
        "done",
        "mitigating",
        "Ben",
        "resolved",
    )
    assert closed["resolved_at"] is not None
    assert browser.get("/api/incidents?status=open").json() == []
    assert [one["id"] for one in browser.get(f"/api/incidents/{incident}/tasks").json()] == [task["id"]]
    assert browser.get(f"/api/incidents/{incident}/recovery").json()["recovery"] == "too_little_data"
