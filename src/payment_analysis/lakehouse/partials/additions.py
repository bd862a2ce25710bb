"""Additions: what changed in days that are held already becomes a segment beside theirs, so that it costs what is new.

Rows that are not what they were are noted as gone in the new segment and come again in it. Younger segments are taken
up into the new one while they are not much larger than it, so a day has few, and a row is written again as often as
its day doubled.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.lakehouse.data_file import rows_of
from payment_analysis.lakehouse.partials.bases import KEPT, SEEN
from payment_analysis.lakehouse.partials.cubes import ROW_KEY
from payment_analysis.lakehouse.partials.harvest import as_text, copied
from payment_analysis.lakehouse.partials.store import GONE, Day, attached, by_segment, valid_rows
from payment_analysis.lakehouse.schema import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.partials.segments import SegmentWriter
    from payment_analysis.lakehouse.partials.store import PartialStore, State

HELD_MIN: Final = 50_000  # rows of the days that changed; fewer are computed again sooner
CHANGED_SHARE_MAX: Final = 0.5  # of these rows; beyond it computing the days again is the shorter way
TAKEN_UP: Final = 2  # times the rows that are new a segment may have to be taken up


@dataclass(frozen=True, slots=True)
class Added:
    """A state with new segments: the days they hold, by segment and all together, and how many rows."""

    state: State
    held: Mapping[str, frozenset[date]]
    days: frozenset[date]
    rows: int


class Additions:
    """Adds to the partial aggregates of one kept table."""

    def __init__(
        self, partials: PartialStore, connection: DuckDBPyConnection, base: str, writer: SegmentWriter, held_min: int
    ) -> None:
        self._partials, self._run, self._base, self._writer = partials, connection.execute, base, writer
        self._key, self._day, self._time = KEPT[base].key, KEPT[base].day, KEPT[base].time
        self._held_min = held_min
        self._run(f"create or replace temp table moved ({ROW_KEY} ubigint, day date, instant timestamptz)")

    def note(self, added: Sequence[Path], removed: Sequence[Path], types: Mapping[str, str]) -> None:
        """These files came and went: their rows moved, but those that are the same in both."""
        found = f"hash({self._key}) as {ROW_KEY}, {self._day} as day, {self._time} as instant"
        if not removed:
            self._run(f"insert into moved select {found} from ({rows_of(added, types)})")
            return
        content = f"hash({', '.join(name for name in copied(self._base) if name in types)})"
        sides = [
            f"select {found}, {content} as content, {sign} as side from ({rows_of(paths, types)})"
            for sign, paths in ((1, added), (-1, removed))
        ]
        self._run(
            f"insert into moved select {ROW_KEY}, any_value(day), any_value(instant) "
            f"from ({' union all '.join(sides)}) group by {ROW_KEY}, content having sum(side) <> 0"
        )

    def note_rows(self, condition: str) -> None:
        """A view may say something else of these rows of the table."""
        self._run(
            f"insert into moved select hash({self._key}), {self._day}, {self._time} from {self._base} where {condition}"
        )

    def made(self, current: State, generations: Mapping[str, int], copy: Callable[[str], str]) -> Added | None:
        """The state with what moved, whose rows `copy` gives as they are; none when days are better made anew."""
        dirty = frozenset(day for (day,) in self._run("select distinct day from moved").fetchall())
        parts = by_segment(current, sorted(dirty & current.days.keys()))
        held = sum(current.days[day].rows for day in dirty & current.days.keys())
        moved = self._number(f"select count(distinct {ROW_KEY}) from moved")
        if dirty and (not held or held < self._held_min or moved > CHANGED_SHARE_MAX * held):
            return None
        for segment in dict.fromkeys([*(one for one, _ in parts), *current.gone]):
            file = literal(str(self._partials.file(self._base, segment)))
            self._run(f"attach if not exists {file} as {attached(segment)} (read_only)")
        self._note_marks(current, parts)
        self._compare(current, parts, copy)
        state = replace(current, generations=generations)
        is_same = not self._number("select (select count(*) from came) + (select count(*) from lost)")
        return Added(state, {}, frozenset(), 0) if is_same else self._written(state)

    def _note_marks(self, current: State, parts: list[tuple[str, list[date]]]) -> None:
        """Rows of these days that a view holds now and did not, or the other way round, moved too."""
        marks = [
            (seen.mark(name), name)
            for name, seen in SEEN.items()
            if seen.of == self._base and not seen.own and seen.mark(name) in copied(self._base)
        ]
        for mark, view in marks:
            for segment, days in parts:
                self._run(
                    f"insert into moved select {ROW_KEY}, {self._day}, {self._time} "
                    f"from {valid_rows(current, self._base, segment, days)} where {self._day} in ({dates(days)}) "
                    f"and {mark} <> ({ROW_KEY} not in (select hash({self._key}) from not_{view}))"
                )

    def _compare(self, current: State, parts: list[tuple[str, list[date]]], copy: Callable[[str], str]) -> None:
        """Fill `came` with the rows that are not held as they are, and `lost` with those held that should not be."""
        run = self._run
        since = run("select min(instant) from moved").fetchall()[0][0]
        chosen = "false"
        if since is not None:
            instant = literal(since.astimezone(UTC).isoformat())
            chosen = f"{self._time} >= timestamptz {instant} and hash({self._key}) in (select {ROW_KEY} from moved)"
        content = f"hash({', '.join(copied(self._base))}) as content"
        run(f"create or replace temp table fresh as select *, {content} from ({copy(chosen)})")
        olds = [
            f"select *, {content} from {as_text(self._base, valid_rows(current, self._base, segment, days))} "
            f"where {self._day} in ({dates(days)}) and {ROW_KEY} in (select {ROW_KEY} from moved)"
            for segment, days in parts
        ]
        run(f"create or replace temp table olds as {' union all by name '.join(olds or ['from fresh limit 0'])}")
        for name, one, other in (("came", "fresh", "olds"), ("lost", "olds", "fresh")):
            run(
                f"create or replace temp table {name} as "
                f"select * exclude (content) from {one} anti join {other} using ({ROW_KEY}, content)"
            )
        run(f"create or replace temp table lost_keys as select {ROW_KEY}, {self._day} as day from lost")

    def _written(self, state: State) -> Added:
        run, segment = self._run, uuid.uuid4().hex[:12]
        counted: dict[date, int] = dict(run(f"select {self._day}, count(*) from came group by all").fetchall())
        touched = counted.keys() | {day for (day,) in run("select distinct day from lost_keys").fetchall()}
        remaining = {day: self._remaining(state, day, counted.get(day, 0)) for day in touched}
        taken: dict[str, list[date]] = {}
        for day, kept in remaining.items():
            for one in state.days[day].segments[len(kept) :] if day in state.days else ():
                taken.setdefault(one, []).append(day)
        rows = ["from came"]
        rows += [
            f"select * from {as_text(self._base, valid_rows(state, self._base, one, days, 'lost_keys'))} "
            f"where {self._day} in ({dates(days)})"
            for one, days in taken.items()
        ]
        gone = self._gone(state, taken, [day for day, kept in remaining.items() if kept])
        cells = self._writer.write(
            segment,
            " union all by name ".join(rows),
            wanted=frozenset(state.sizes()),
            gone="gone_before" if gone else "",
        )
        measured = f"select {self._day}, min({self._time}), max({self._time}), count(*) from batch group by all"
        found = {day: (first, last, count) for day, first, last, count in run(measured).fetchall()}
        days = {**state.days}
        for day in touched:
            first, last, count = found.get(day, (None, None, 0))
            before = days.get(day)
            instants = [one.astimezone(UTC) for one in (first, last) if one is not None]
            instants += [before.first, before.last] if before else []
            days[day] = Day(day, min(instants), max(instants), (*remaining[day], (segment, count)))
        after = replace(state, days=dict(sorted(days.items())))
        named = {*after.segments}
        after = replace(
            after,
            cells={one: held for one, held in {**state.cells, segment: cells}.items() if one in named},
            gone={one: of for one, of in {**state.gone, segment: gone}.items() if one in named and of},
        )
        return Added(after, {segment: frozenset(touched)}, frozenset(touched), sum(one[2] for one in found.values()))

    def _remaining(self, state: State, day: date, came: int) -> tuple[tuple[str, int], ...]:
        """The parts of a day that are not taken up into the new segment."""
        parts = [*state.days[day].parts] if day in state.days else []
        rows = came
        while parts and parts[-1][1] <= TAKEN_UP * rows:
            rows += parts.pop()[1]
        return tuple(parts)

    def _gone(self, state: State, taken: Mapping[str, list[date]], days: list[date]) -> frozenset[date]:
        """Fill `gone_before` with the keys that are not valid any more in what remains of these days; their days."""
        if not days:
            return frozenset()
        tables = {f'{attached(one)}."{GONE}"': of for one, of in taken.items() if one in state.gone} | {
            "lost_keys": days
        }
        listed = " union ".join(
            f"select {ROW_KEY}, day from {table} where day in ({dates({*of} & {*days})})"
            for table, of in tables.items()
            if not {*of}.isdisjoint(days)
        )
        self._run(f"create or replace temp table gone_before as {listed}")
        return frozenset(day for (day,) in self._run("select distinct day from gone_before").fetchall())

    def _number(self, sql: str) -> int:
        return int(self._run(sql).fetchall()[0][0])


def dates(days: Any) -> str:
    """Days as a list in SQL."""
    return ", ".join(f"date '{day}'" for day in sorted(days))
