"""The loop is closed: what is told over the API is what the next training learns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.backend.test_decisions import PAYMENT, Place

from payment_analysis.jobs.train import store_of
from payment_analysis.lakehouse.home import Home
from payment_analysis.store.told_decisions import told_decisions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.store.databases import Databases


@pytest.fixture
def place(databases: Databases) -> Iterator[Place]:
    store = databases.fresh()
    made = Place(store)
    body = {"route_name": "north", "approval_rate_pct": 90}
    assert made.browser.post("/api/decision/admin/routes", body).status_code == 200
    yield made
    made.app.state.decisions.close()
    store.close()


def test_training_reads_what_was_told_with_every_decision_of_the_payment(place: Place) -> None:
    path = place.decide("authentication", PAYMENT | {"payment_id": "told"})
    route = place.decide("routing", PAYMENT | {"payment_id": "told"})
    place.decide("routing", PAYMENT | {"payment_id": "silent"})
    nameless = place.decide("routing", PAYMENT)
    place.outcome(route["audit_id"], "timeout")
    place.outcome(route["audit_id"], "approved", extra={"is_fraud": True})
    place.outcome(nameless["audit_id"], "approved")

    first, second = told_decisions(place.store)

    assert (first.audit_id, first.outcome, first.action) == (path["audit_id"], None, path["path"])
    assert (second.audit_id, second.outcome, second.route) == (route["audit_id"], "approved", route["primary_route"])
    assert second.response == route
    assert second.decided_at == second.told_at == second.fraud_at == place.now


def test_a_home_where_nobody_ever_decided_has_nothing_to_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    with store_of(Home(tmp_path)) as store:
        assert store is None
