"""The healthcheck says what it looked at."""

from __future__ import annotations

from tests.backend.fakes import Memory, TableState, ask

from payment_analysis.domain.errors import NotBuilt, Unavailable

BUILT = {"payments_enriched_silver": TableState(), "payments_silver": TableState(rows=3)}


def test_a_built_lakehouse_is_healthy_and_says_how_old_its_data_is() -> None:
    answer = ask(Memory(tables=BUILT), "/api/v1/healthcheck")

    assert answer.status_code == 200
    assert answer.json()["status"] == "healthy"
    assert answer.json()["data"] == {
        "attempts": 4,
        "latest_event": "2026-03-01T10:00:00Z",
        "built_at": "2026-03-01T11:00:00Z",
        "age_seconds": 7200.0,
    }


def test_a_lakehouse_without_tables_is_unavailable_and_says_what_to_run() -> None:
    answer = ask(Memory(error=NotBuilt("payments_enriched_silver is not built")), "/api/v1/healthcheck")

    assert answer.status_code == 503
    assert [check["ok"] for check in answer.json()["checks"]] == [True, False, False]
    assert "payment-analysis build" in answer.json()["checks"][1]["detail"]
    assert answer.json()["data"] is None


def test_a_lakehouse_that_cannot_be_read_is_unavailable() -> None:
    answer = ask(Memory(tables=BUILT, error=Unavailable("The disk is gone.", hint="Mount it.")), "/api/v1/healthcheck")

    assert answer.status_code == 503
    assert answer.json()["checks"] == [
        {"name": "lakehouse readable", "ok": False, "detail": "The disk is gone. Mount it."}
    ]
