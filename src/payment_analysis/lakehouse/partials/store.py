"""Where partial aggregates are kept: files of cells, and one manifest that says what they were computed from.

    partials/manifest.json                          replaced in one step; all that it names belongs together
    partials/<base>/<segment>/cells.duckdb          of some days the cells, a table per cube, and the table `rows`:
                                                    the rows of these days, narrow and in order of time

The files are in the engine's own format, never changed once they are named: the cells of a million attempts are added
up in a third of the time it takes from Parquet, and a question need not look into a file before it is planned.

A segment holds some days; a day is counted by one segment only: where an older one has it too, it is left out there.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.lakehouse.partials.kept_views import ViewStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ROWS: Final = "rows"
FILE: Final = "cells.duckdb"
RETENTION_SECONDS: Final = 3600.0  # a question that runs keeps the files it began with


def attached(segment: str) -> str:
    """The name by which a connection calls a segment."""
    return f"segment_{segment}"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a kept table: its first and last instant, its rows and the segment that counts it."""

    day: date
    first: datetime
    last: datetime
    rows: int
    segment: str


@dataclass(frozen=True, slots=True)
class State:
    """The partial aggregates of one kept table."""

    definition: int
    generations: Mapping[str, int]  # of every table they were computed from
    days: Mapping[date, Day] = field(default_factory=dict)
    cells: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # per segment and cube

    @property
    def segments(self) -> list[str]:
        return list(dict.fromkeys(day.segment for day in self.days.values()))

    def sizes(self) -> dict[str, int]:
        """The cubes that every segment has, with their cells, the smallest first."""
        held = [self.cells[segment] for segment in self.segments]
        common = set.intersection(*(set(one) for one in held)) if held else set()
        return {
            name: sum(one[name] for one in held) for name in sorted(common, key=lambda n: (sum(o[n] for o in held), n))
        }


@dataclass(frozen=True, slots=True)
class Manifest:
    """All partial aggregates at one moment."""

    number: str
    states: Mapping[str, State] = field(default_factory=dict)
    held: Mapping[str, frozenset[date]] = field(default_factory=dict)  # the days in a segment's files


class PartialStore:
    """The folder of partial aggregates."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.views = ViewStore(root / "views")
        self._read: tuple[tuple[int, int, int], Manifest] | None = None

    @property
    def _path(self) -> Path:
        return self.root / "manifest.json"

    def file(self, base: str, segment: str) -> Path:
        """The file of a segment."""
        return self.root / base / segment / FILE

    def manifest(self) -> Manifest:
        """What is kept now; read again only when it was replaced."""
        try:
            seen = self._path.stat()
        except FileNotFoundError:
            return Manifest("")
        stamp = (seen.st_mtime_ns, seen.st_ino, seen.st_size)
        if self._read is None or self._read[0] != stamp:
            self._read = (stamp, _manifest(json.loads(self._path.read_text(encoding="utf-8"))))
        return self._read[1]

    def replace(self, states: Mapping[str, State], held: Mapping[str, frozenset[date]]) -> Manifest:
        """Let exactly this be what is kept."""
        manifest = Manifest(uuid.uuid4().hex, states, held)
        written = self.root / f"manifest-{manifest.number}.json"
        written.write_text(json.dumps(_plain(manifest)), encoding="utf-8")
        written.replace(self._path)
        return manifest

    @contextmanager
    def writing(self) -> Iterator[bool]:
        """Whether this process is the only one that writes; two would only do the same work twice."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "writer.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def tidy(self) -> None:
        """Delete segments that the manifest has not named for an hour."""
        named = {(base, segment) for base, state in self.manifest().states.items() for segment in state.segments}
        for folder in self.root.glob("*/*"):
            old = time.time() - folder.stat().st_mtime > RETENTION_SECONDS
            if folder.is_dir() and old and (folder.parent.name, folder.name) not in named:
                shutil.rmtree(folder)


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {
        "number": manifest.number,
        "held": {segment: sorted(day.isoformat() for day in days) for segment, days in manifest.held.items()},
        "states": {
            base: {
                "definition": state.definition,
                "generations": dict(state.generations),
                "cells": {segment: dict(cells) for segment, cells in state.cells.items()},
                "days": [
                    [one.day.isoformat(), one.first.isoformat(), one.last.isoformat(), one.rows, one.segment]
                    for one in state.days.values()
                ],
            }
            for base, state in manifest.states.items()
        },
    }


def _manifest(text: dict[str, Any]) -> Manifest:
    states = {
        base: State(
            int(state["definition"]),
            state["generations"],
            {
                date.fromisoformat(day): Day(
                    date.fromisoformat(day), datetime.fromisoformat(first), datetime.fromisoformat(last), rows, segment
                )
                for day, first, last, rows, segment in state["days"]
            },
            state["cells"],
        )
        for base, state in text["states"].items()
    }
    held = {segment: frozenset(map(date.fromisoformat, days)) for segment, days in text["held"].items()}
    return Manifest(text["number"], states, held)
