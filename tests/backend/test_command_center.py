"""The first page's numbers over the example exports, against the report of the same data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.backend.conftest import Place


@pytest.fixture
def report(place: Place) -> dict[str, Any]:
    answer: dict[str, Any] = place.admin.get("/api/report").json()
    return answer


def test_without_a_range_it_says_what_the_report_says(place: Place, report: dict[str, Any]) -> None:
    standing = place.admin.get("/api/command-center/standing").json()
    rates = {measure["key"]: measure["rate"] for measure in report["bridge"]["measures"]}

    assert standing["now"]["payment"] == rates["payment_rate"]
    assert standing["now"]["first_attempt"] == rates["first_attempt_rate"]
    assert standing["now"]["lost_payments"] == report["bridge"]["lost_payments"]
    assert (standing["before"], standing["change"], standing["movements"]) == (None, None, [])


def test_the_points_add_up_to_the_whole(place: Place) -> None:
    standing = place.admin.get("/api/command-center/standing").json()

    for field in ("lost_payments", "recovered_payments", "attempts"):
        assert sum(point[field] for point in standing["points"]) == standing["now"][field]


def test_a_range_is_compared_with_the_one_before(place: Place) -> None:
    standing = place.admin.get("/api/command-center/standing?range=7d&tz=America/Sao_Paulo").json()

    assert standing["compared_with"]["end"] == standing["period"]["start"]
    assert standing["zone"] == "America/Sao_Paulo"
    for movement in standing["movements"]:
        change = standing["now"]["payment"]["rate"] - standing["before"]["payment"]["rate"]
        assert movement["by_rate"] + movement["by_mix"] == pytest.approx(change)


def test_nothing_is_compared_when_nobody_asks(place: Place) -> None:
    standing = place.admin.get("/api/command-center/standing?range=7d&compare=none").json()

    assert (standing["compared_with"], standing["before"], standing["movements"]) == (None, None, [])


def test_the_actions_are_those_of_the_report(place: Place, report: dict[str, Any]) -> None:
    actions = place.admin.get("/api/command-center/actions").json()

    assert [one["kind"] for one in actions["ranked"]] == [one["kind"] for one in report["actions"]["ranked"]]
    assert [one["payments"] for one in actions["ranked"]] == [one["payments"] for one in report["actions"]["ranked"]]
    assert all(one["title"] and one["method"] for one in actions["ranked"])


def test_the_scope_offers_what_occurs(place: Place) -> None:
    options = place.admin.get("/api/scope").json()
    networks = next(one for one in options["dimensions"] if one["name"] == "network")
    chosen = networks["values"][0]

    found = place.admin.get(f"/api/transactions/facets?network={chosen['value']}").json()

    assert found["attempts"] == chosen["attempts"]
    assert options["presets"] == ["15m", "1h", "24h", "7d", "30d", "90d"]
