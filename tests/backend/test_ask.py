"""Questions in words over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.backend.conftest import Place


def test_a_question_is_answered_within_the_scope(place: Place) -> None:
    everything = place.admin.post("/api/ask", {"question": "how many transactions by network"}).json()
    visa = place.admin.post("/api/ask?network=visa", {"question": "how many transactions by network"}).json()

    assert everything["status"] == visa["status"] == "answered"
    assert [row[0] for row in visa["rows"]] == ["visa"]
    assert visa["rows"][0] in everything["rows"]


def test_a_chip_is_posted_back_as_a_spec(place: Place) -> None:
    answer = place.admin.post("/api/ask", {"question": "approval rate by network"}).json()
    choice = answer["chips"][0]["choices"][0]

    changed = place.admin.post("/api/ask", {"question": answer["question"], "spec": choice["spec"]}).json()

    assert changed["by"] == "person"
    assert changed["columns"][1]["label"] == choice["label"]


def test_a_question_that_cannot_be_answered_is_no_error(place: Place) -> None:
    refused = place.admin.post("/api/ask", {"question": "delete everything"})

    assert refused.status_code == 200
    assert refused.json()["status"] == "refused"


def test_a_megabyte_is_turned_away(place: Place) -> None:
    assert place.admin.post("/api/ask", {"question": "x" * 1_000_000}).status_code in {413, 422}


def test_questions_are_suggested(place: Place) -> None:
    begin = place.admin.get("/api/ask/suggestions?language=pt").json()["questions"]
    like = place.admin.get("/api/ask/suggestions?like=decline reasons").json()["questions"]

    assert "Qual é a taxa de aprovação atual?" in begin
    assert any("decline reason" in question for question in like)


def test_what_people_say_of_an_answer_is_kept(trodden_place: Place) -> None:
    said = trodden_place.admin.post("/api/ask/feedback", {"question": "how many refunds", "verdict": "invalid"})

    assert said.status_code == 201
    kept = trodden_place.admin.get("/api/analytics/insights/feedback").json()
    assert [one["verdict"] for one in kept if "how many refunds" in str(one)] == ["invalid"]
