from __future__ import annotations

from typing import TYPE_CHECKING, Any

from payment_analysis.backend.live_features import LiveFeatures
from payment_analysis.lakehouse.latest_features import FEATURE_TABLES
from payment_analysis.lakehouse.table import load_tables

if TYPE_CHECKING:
    from collections.abc import Mapping


def test_nothing_is_asked_while_nothing_was_committed() -> None:
    asked, position = list[str](), [1]

    def ask(question: str) -> list[Mapping[str, Any]]:
        asked.append(question)
        return []

    features = LiveFeatures(ask, lambda: tuple(position))
    features.refresh()
    once = len(asked)
    features.refresh()
    unmoved = len(asked)
    position[0] = 2
    features.refresh()

    assert 0 < once == unmoved < len(asked)


def test_the_tables_that_are_looked_at_are_those_below_the_view() -> None:
    tables = load_tables()
    waiting, below = ["online_features"], set[str]()
    while waiting:
        name = waiting.pop()
        if tables[name].kind == "view":
            waiting += tables[name].reads
        else:
            below.add(name)

    assert below == set(FEATURE_TABLES)
