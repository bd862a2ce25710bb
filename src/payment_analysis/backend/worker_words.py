"""What the processes that decide tell each other: one word and what belongs to it, as JSON.

Only what lives in memory travels. What is in the store is read from there, by the main process and by workers alike.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from payment_analysis.decisioning.outcomes import Lesson
from payment_analysis.domain.declines import Fault
from payment_analysis.ml.route_memory import Told

if TYPE_CHECKING:
    from collections.abc import Mapping


class Word(StrEnum):
    """What is told."""

    READY = "ready"  # a worker has its models
    TOLD = "told"  # an outcome of a route: to the main process when it is stored, from there to all in one order
    CHANGED = "changed"  # people have set something
    MODELS = "models"  # others are in force
    CONNECTION = "connection"  # comes with one


def written(word: Word, told: Told | None = None) -> bytes:
    if told is None:
        return orjson.dumps([word])
    return orjson.dumps([word, told._asdict()], default=_plain)


def read(words: bytes) -> tuple[Word, Told | None]:
    word, *rest = orjson.loads(words)
    return Word(word), _told(rest[0]) if rest else None


def _plain(value: object) -> Any:
    """Named tuples and arrays as lists."""
    assert isinstance(value, tuple | np.ndarray), type(value)
    return list(value) if isinstance(value, tuple) else value.tolist()


def _told(named: Mapping[str, Any]) -> Told:
    fault, carried, approved = named["lesson"]
    lesson = Lesson(None if fault is None else Fault(fault), carried, approved)
    variance = None if named["variance"] is None else np.array(named["variance"])
    return Told(**{**named, "lesson": lesson, "variance": variance})
