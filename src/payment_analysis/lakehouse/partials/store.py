"""Where partial aggregates are kept: files of cells, and one manifest that says what they were computed from.

    partials/manifest.json                          replaced in one step; all that it names belongs together
    partials/<base>/<segment>/cells.duckdb          of some days the cells, a table per cube, and the table `rows`:
                                                    the rows of these days, narrow and in order of time

The files are in the engine's own format, never changed once they are named: the cells of a million attempts are added
up in a third of the time it takes from Parquet, and a question need not look into a file before it is planned.

A segment holds some days, or rows of them: what came to a day later stands in segments of its own, and beside it, in
the table `gone`, the keys of rows that are not valid any more in the segments before. Where an older segment has a day
that is not counted by it any more, the day is left out there.
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

from payment_analysis.lakehouse.partials.bases import KEPT
from payment_analysis.lakehouse.partials.cubes import ROW_KEY
from payment_analysis.lakehouse.partials.kept_views import ViewStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

ROWS: Final = "rows"
GONE: Final = "gone"
FILE: Final = "cells.duckdb"
RETENTION_SECONDS: Final = 3600.0  # a question that runs keeps the files it began with


def attached(segment: str) -> str:
    """The name by which a connection calls a segment."""
    return f"segment_{segment}"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a kept table: its first and last instant, and the segments that count it, each with its rows."""

    day: date
    first: datetime
    last: datetime
    parts: tuple[tuple[str, int], ...]  # in the order in which they came

    @property
    def rows(self) -> int:
        return sum(rows for _, rows in self.parts)

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(segment for segment, _ in self.parts)


@dataclass(frozen=True, slots=True)
class State:
    """The partial aggregates of one kept table."""

    definition: int
    generations: Mapping[str, int]  # of every table they were computed from
    days: Mapping[date, Day] = field(default_factory=dict)
    cells: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # per segment and cube
    gone: Mapping[str, frozenset[date]] = field(default_factory=dict)  # per segment the days of which rows are gone

    @property
    def segments(self) -> list[str]:
        return list(dict.fromkeys(segment for day in self.days.values() for segment in day.segments))

    @property
    def of_whole_days(self) -> int:
        """How many segments days begin with."""
        return len({day.segments[0] for day in self.days.values()})

    def gone_after(self, segment: str, days: Iterable[date]) -> list[str]:
        """The segments that know of rows of these days that are not valid any more in one before them."""
        later = (one for day in days for one in self._after(segment, day) if day in self.gone.get(one, ()))
        return list(dict.fromkeys(later))

    def is_disturbed(self, day: date) -> bool:
        """Whether cells of a day hold rows that are gone."""
        return bool(self.gone_after(self.days[day].segments[0], [day]))

    def _after(self, segment: str, day: date) -> tuple[str, ...]:
        listed = self.days[day].segments if day in self.days else ()
        return listed[listed.index(segment) + 1 :] if segment in listed else ()

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
            try:
                self._read = (stamp, _manifest(json.loads(self._path.read_text(encoding="utf-8"))))
            except (KeyError, ValueError):  # written by another edition of this file
                self._read = (stamp, Manifest(""))
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


def by_segment(state: State, days: Iterable[date]) -> list[tuple[str, list[date]]]:
    """The segments that count some days, each with those of them it counts."""
    found: dict[str, list[date]] = {}
    for day in days:
        for segment in state.days[day].segments:
            found.setdefault(segment, []).append(day)
    return list(found.items())


def valid_rows(state: State, base: str, segment: str, days: Iterable[date], *gone: str) -> str:
    """What to read the copied rows of a segment from, some days of it, without those that are gone."""
    copy = f'{attached(segment)}."{ROWS}"'
    tables = [*(f'{attached(later)}."{GONE}"' for later in state.gone_after(segment, days)), *gone]
    if not tables:
        return copy
    keys = " union all ".join(f"select {ROW_KEY}, day from {table}" for table in tables)
    joined = f"copy.{ROW_KEY} = lost.{ROW_KEY} and copy.{KEPT[base].day} = lost.day"
    return f"(select copy.* from {copy} as copy anti join ({keys}) as lost on {joined})"


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
                    [one.day.isoformat(), one.first.isoformat(), one.last.isoformat(), one.parts]
                    for one in state.days.values()
                ],
                "gone": {segment: sorted(day.isoformat() for day in days) for segment, days in state.gone.items()},
            }
            for base, state in manifest.states.items()
        },
    }


def _held(text: dict[str, list[str]]) -> dict[str, frozenset[date]]:
    return {segment: frozenset(map(date.fromisoformat, days)) for segment, days in text.items()}


def _manifest(text: dict[str, Any]) -> Manifest:
    states = {
        base: State(
            int(state["definition"]),
            state["generations"],
            {
                date.fromisoformat(day): Day(
                    date.fromisoformat(day),
                    datetime.fromisoformat(first),
                    datetime.fromisoformat(last),
                    tuple((segment, int(rows)) for segment, rows in parts),
                )
                for day, first, last, parts in state["days"]
            },
            state["cells"],
            _held(state["gone"]),
        )
        for base, state in text["states"].items()
    }
    return Manifest(text["number"], states, _held(text["held"]))
