"""How far training is, as a file in the home: whoever trains writes it, any other process may read it."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME: Final = "training.json"


@dataclass(frozen=True, slots=True)
class TrainingNote:
    """The training that began last; times are UTC in ISO 8601."""

    doing: str
    share: float  # of the work, 0..1
    began_at: str
    told_at: str
    process: int
    is_over: bool = False
    problem: str = ""

    @property
    def is_running(self) -> bool:
        """Whether the process that writes it is still there."""
        return not self.is_over and psutil.pid_exists(self.process)


@contextmanager
def noted(home: Path) -> Iterator[Callable[[str, float], None]]:
    """Write down what is told within the block, and how the block ended."""
    note = TrainingNote("beginning", 0.0, _now(), _now(), os.getpid())
    _write(home, note)

    def tell(doing: str, share: float) -> None:
        nonlocal note
        note = replace(note, doing=doing, share=share, told_at=_now())
        _write(home, note)

    try:
        yield tell
    finally:
        error = sys.exception()
        problem = "" if error is None else str(error) or type(error).__name__
        _write(home, replace(note, is_over=True, told_at=_now(), problem=problem))


def last_training(home: Path) -> TrainingNote | None:
    """The note of the last training; None when nobody trained here yet."""
    try:
        return TrainingNote(**json.loads((home / NAME).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _write(home: Path, note: TrainingNote) -> None:
    """Whole or not at all: a reader never sees half a note."""
    home.mkdir(parents=True, exist_ok=True)
    fresh = home / f"{NAME}.{os.getpid()}"
    fresh.write_text(json.dumps(asdict(note)), encoding="utf-8")
    fresh.replace(home / NAME)


def _now() -> str:
    return datetime.now(UTC).isoformat()
