"""Champions come into force in every process soon after the first one has them."""

from __future__ import annotations

import threading

from payment_analysis.backend.champions import Champions
from payment_analysis.ml.scoring import Scoring

SOON_SECONDS = 5.0  # far less than between two looks


class OneRegistered:
    """A registry of one model."""

    def __init__(self) -> None:
        self.version = "1"

    def versions(self) -> dict[str, str]:
        return {"approval": self.version}

    def load(self) -> Scoring:
        return Scoring(versions={"approval": self.version})


def test_who_is_told_to_look_takes_a_new_champion_at_once() -> None:
    registry, taken = OneRegistered(), threading.Semaphore(0)
    champions = Champions(registry, lambda _: None)
    champions.when_taken(taken.release)
    champions.begin()
    assert taken.acquire(timeout=SOON_SECONDS)

    registry.version = "2"
    champions.look_now()

    assert taken.acquire(timeout=SOON_SECONDS)
    assert champions.scoring is not None
    assert champions.scoring.versions == {"approval": "2"}
    champions.end()
