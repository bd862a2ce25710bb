"""Before a model is trained there is a choice among the routes that the data show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from payment_analysis.backend.seen_routes import SeenRoutes
from payment_analysis.domain.errors import NotBuilt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.backend.conftest import Place


def test_routes_are_those_of_the_data_with_the_rate_of_first_attempts(place: Place) -> None:
    told = SeenRoutes(place.lakehouse.rows)()
    counted = place.lakehouse.rows(
        "select psp, sum(if(is_approved, 1, 0)) / count(*) as rate from payments_enriched_silver"
        " where is_authorization and is_first_attempt and psp is not null group by psp"
    )

    assert len(counted) > 1
    assert {name: row.approval_rate for name, row in told.items()} == pytest.approx(
        {row["psp"]: row["rate"] for row in counted}
    )


def test_nothing_is_known_before_the_lakehouse_is_built_and_it_is_asked_again() -> None:
    answers: list[list[Mapping[str, Any]]] = [[{"psp": "North", "first_attempt_rate": 0.75}]]
    asked = 0

    def ask(_: str) -> list[Mapping[str, Any]]:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise NotBuilt("nothing is built")
        return answers.pop()

    seen = SeenRoutes(ask)

    assert seen() == {}
    assert seen()["North"].approval_rate == 0.75
    assert seen()["North"].is_active
    assert asked == 2
