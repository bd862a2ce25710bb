"""The agents and the diagnosis over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.backend.conftest import Place


def test_the_seven_agents_are_listed(trodden_place: Place) -> None:
    told = trodden_place.admin.get("/api/agents").json()

    assert len(told) == 7
    assert all(one["questions"] for one in told)


def test_a_run_is_kept_with_its_steps_and_findings(trodden_place: Place) -> None:
    made = trodden_place.admin.post("/api/agents/runs", {"question": "Top decline reasons?"})

    assert made.status_code == 201
    run = made.json()
    assert run["called"] == ["decline_analyst"]
    assert {"diagnose", "get_decline_trends"} <= {step["tool"] for step in run["steps"]}
    assert run["findings"][0]["evidence"][0]["sql"]
    assert trodden_place.admin.get(f"/api/agents/runs/{run['id']}").json() == run
    assert trodden_place.admin.get("/api/agents/runs").json()[0]["id"] == run["id"]


def test_a_chat_tells_each_step_and_then_the_run(trodden_place: Place) -> None:
    told = trodden_place.admin.post("/api/agents/chat", {"question": "retry", "agent": "smart_retry"})
    events = [part.split("\ndata: ", 1) for part in told.text.strip().split("\n\n")]

    assert [name for name, _ in events] == ["event: step"] * 4 + ["event: run"]
    assert json.loads(events[-1][1])["asked_by"]


def test_an_unknown_run_is_not_found(trodden_place: Place) -> None:
    assert trodden_place.admin.get("/api/agents/runs/nothing").status_code == 404


def test_a_megabyte_is_refused(trodden_place: Place) -> None:
    assert trodden_place.admin.post("/api/agents/runs", {"question": "x" * 1_000_000}).status_code in {413, 422}


def test_too_little_data_is_said_and_not_guessed_around(trodden_place: Place) -> None:
    told = trodden_place.admin.get("/api/diagnosis")

    assert told.status_code == 422
    assert "sales" in told.json()["detail"]
