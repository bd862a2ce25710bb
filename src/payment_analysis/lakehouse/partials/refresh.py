"""Filling and refreshing partial aggregates: only the days whose rows changed are computed, from silver as it is now.

What changed is what the Delta log of silver says: rows of the files added and removed since the partials' position,
compaction aside. A day whose rows are the same on both sides did not change, however often its files were rewritten.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.data_file import relation, rows_of
from payment_analysis.lakehouse.dialect import to_duckdb
from payment_analysis.lakehouse.halt import Halt
from payment_analysis.lakehouse.partials.additions import Added, Additions, dates
from payment_analysis.lakehouse.partials.bases import KEPT, SEEN
from payment_analysis.lakehouse.partials.cubes import ROW_KEY
from payment_analysis.lakehouse.partials.differences import differing
from payment_analysis.lakehouse.partials.harvest import copied, definition_of, only_present
from payment_analysis.lakehouse.partials.segments import SegmentWriter
from payment_analysis.lakehouse.partials.store import Day, State
from payment_analysis.lakehouse.schema import delta_columns
from payment_analysis.lakehouse.table import load_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.delta import DeltaStore, Snapshot
    from payment_analysis.lakehouse.partials.store import Manifest, PartialStore

ROWS_MIN: Final = 50_000  # of silver; any view over fewer rows takes milliseconds
MEMORY_MB: Final = 2000
BATCH_ROWS: Final = 1_000_000  # of whole days: the columns that are copied of so many rows fit in memory
CELLS_SHARE_MAX: Final = 0.6  # of the rows; a cube with more cells than that is no shorter way
SEGMENTS_MAX: Final = 8  # that days begin with
MENDED_ROWS_MAX: Final = 1_000_000  # of a day that is computed again beside additions: some twenty seconds
ADDED_ROWS_MAX: Final = 2_000_000  # in files that came or went; of more the days alone are asked about


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was done for one table."""

    base: str
    days: int
    rows: int


def refresh_partials(
    store: DeltaStore,
    partials: PartialStore,
    scratch: Path,
    *,
    rows_min: int = ROWS_MIN,
    share_max: float = CELLS_SHARE_MAX,
    threads: int | None = None,
    held_min: int | None = None,
    halt: Halt | None = None,
) -> tuple[Refreshed, ...]:
    """Bring the partial aggregates up to date with silver; another process that does so already is left to it.

    A table below `rows_min` rows is quick enough without; a cube with more cells than `share_max` of the rows too. With
    `held_min`, what changed is added beside days that hold so many rows or more, and these are not computed again. A
    `halt` interrupts it.
    """
    done, halt = list[Refreshed](), halt or Halt()
    with partials.writing() as alone:
        if not alone:
            return ()
        for base in KEPT:
            if store.version(base) is not None and store.snapshot(base).rows >= rows_min:
                worker = duck.worker(scratch, memory_mb=MEMORY_MB, threads=threads)
                with worker as connection, halt.over(connection):
                    done += _Refresh(store, partials, connection, base, share_max=share_max, held_min=held_min).run()
        partials.tidy()
    return tuple(done)


class _Refresh:
    """One refresh of the partial aggregates of one kept table."""

    def __init__(
        self,
        store: DeltaStore,
        partials: PartialStore,
        connection: DuckDBPyConnection,
        base: str,
        *,
        share_max: float,
        held_min: int | None,
    ) -> None:
        self._store = store
        self._partials = partials
        self._connection, self._held_min = connection, held_min
        self._run = connection.execute
        self._base = base
        self._kept = KEPT[base]
        self._snapshot = store.snapshot(base)
        self._share_max = share_max
        self._writer = SegmentWriter(partials, connection, base)

    def run(self) -> list[Refreshed]:
        manifest = self._partials.manifest()
        known = manifest.states.get(self._base)
        definition = definition_of(self._base)
        generations = self._generations()
        if known is not None and known.definition == definition and known.generations == generations:
            return []
        self._bind()
        current = known if known is not None and known.definition == definition else None
        if current is not None and current.of_whole_days >= SEGMENTS_MAX:
            current = None
        added = None if current is None else self._added(current, generations)
        if added is not None:
            self._keep(manifest, self._mended(added))
            return [Refreshed(self._base, len(added.days), added.rows)]
        dirty = None if current is None else self._changed(current)
        if current is None or dirty is None:
            current, dirty = State(definition, generations), None
        else:
            dirty |= {day for day in current.days if current.is_disturbed(day)}
        whole = self._computed(current, generations, dirty)
        self._keep(manifest, whole)
        return [Refreshed(self._base, len(whole.days), whole.rows)]

    def _computed(self, current: State, generations: Mapping[str, int], dirty: frozenset[date] | None) -> Added:
        """The state with some days computed from silver, all of them unless they are named."""
        counted = self._counted(dirty)
        days = {day: one for day, one in current.days.items() if dirty is None or day not in dirty}
        held: dict[str, frozenset[date]] = {}
        cells = {segment: current.cells[segment] for segment in current.segments}
        for batch in _batches(counted):
            segment, rows = uuid.uuid4().hex[:12], sum(one[3] for one in batch)
            cells[segment] = self._writer.write(
                segment,
                self._copied(f"{self._kept.day} in ({dates(one[0] for one in batch)})"),
                cells_max=max(self._share_max * rows, len(batch)),
            )
            held[segment] = frozenset(one[0] for one in batch)
            days |= {day: Day(day, first, last, ((segment, count),)) for day, first, last, count in batch}
        named = {one for day in days.values() for one in day.segments}
        gone = {segment: of for segment, of in current.gone.items() if segment in named}
        state = State(current.definition, generations, dict(sorted(days.items())), cells, gone)
        return Added(state, held, frozenset(one[0] for one in counted), sum(one[3] for one in counted))

    def _mended(self, added: Added) -> Added:
        """The same with a day computed again that is over and whose cells hold rows that are gone, one at a time."""
        state = added.state
        for day in sorted(state.days)[:-1]:
            if day not in added.days and state.is_disturbed(day) and state.days[day].rows <= MENDED_ROWS_MAX:
                mended = self._computed(state, state.generations, frozenset({day}))
                return Added(mended.state, {**added.held, **mended.held}, added.days, added.rows)
        return added

    def _keep(self, manifest: Manifest, made: Added) -> None:
        states = {**manifest.states, self._base: made.state}
        named = {segment for one in states.values() for segment in one.segments}
        self._partials.replace(states, {s: days for s, days in {**manifest.held, **made.held}.items() if s in named})

    def _added(self, current: State, generations: dict[str, int]) -> Added | None:
        """The state with what changed beside what is held; none when days are better computed again."""
        files = self._store.changes_since(self._snapshot, current.generations[self._base])
        if self._held_min is None or files is None or self._rows_in(files) > ADDED_ROWS_MAX:
            return None
        additions = Additions(self._partials, self._connection, self._base, self._writer, self._held_min)
        if any(files):
            additions.note(*files, delta_columns(self._snapshot.table.schema()))
        linked = self._linked(current)
        if linked is None:
            return None
        for condition in linked:
            additions.note_rows(condition)
        return additions.made(current, generations, self._copied)

    def _rows_in(self, files: tuple[tuple[Path, ...], tuple[Path, ...]]) -> int:
        paths = [path for side in files for path in side]
        return self._number(f"select count(*) from {relation(paths)}") if paths else 0

    def _generations(self) -> dict[str, int]:
        found = {self._base: self._snapshot.generation}
        for seen in SEEN.values():
            if seen.of == self._base:
                found |= {name: self._store.snapshot(name).generation for name in seen.also_reads}
        return found

    def _bind(self) -> None:
        """Let the table's name, and those of the views that hold some of its rows, stand for what is committed."""
        self._bind_table(self._base, self._snapshot)
        for name, seen in SEEN.items():
            if seen.of == self._base:
                for other in seen.also_reads:
                    self._bind_table(other, self._store.snapshot(other))
                self._run(f'create temp view "{name}" as {to_duckdb(load_tables()[name].statement)}')
                if not seen.own:
                    self._mark(name)

    def _bind_table(self, name: str, snapshot: Snapshot) -> None:
        rows = rows_of(snapshot.paths, delta_columns(snapshot.table.schema()), count=snapshot.rows)
        self._run(f'create or replace temp view "{name}" as {rows}')

    def _mark(self, view: str) -> None:
        """Note the rows that a view leaves out; they are few."""
        key = self._kept.key
        self._run(f"create temp table not_{view} as select {key} from {self._base} anti join {view} using ({key})")

    def _copied(self, chosen: str) -> str:
        """The columns that are copied of chosen rows, with the marks and what views add, as a SELECT."""
        key = self._kept.key
        views = {name: seen for name, seen in SEEN.items() if seen.of == self._base}
        listed = {column: f"base.{column}" for column in copied(self._base)}
        listed[ROW_KEY] = f"hash(base.{key})"
        listed |= {c: f"case when base.{c} is not null then true end" for c in only_present(self._base)}
        joins = []
        for name, seen in views.items():
            if seen.own:
                own = f"select {', '.join((key, *seen.own))} from {name} where {chosen}"
                joins.append(f"left join ({own}) as {name} on base.{key} = {name}.{key}")
                marks = {seen.mark(name): f"{name}.{key} is not null", **{c: f"{name}.{c}" for c in seen.own}}
            else:
                joins.append(f"left join not_{name} on base.{key} = not_{name}.{key}")
                marks = {seen.mark(name): f"not_{name}.{key} is null"}
            listed |= {column: marked for column, marked in marks.items() if column in listed}
        columns = ", ".join(f"{meaning} as {column}" for column, meaning in listed.items())
        base = f"(select * from {self._base} where {chosen}) as base"
        return f"select {columns} from {base} {' '.join(joins)}"

    def _changed(self, current: State) -> frozenset[date] | None:
        """The days whose rows changed since, or of which a view says something else; none when they are not known."""
        found = self._differing(self._base, self._kept.day, copied(self._base), current.generations[self._base])
        if found is None:
            return None
        days = frozenset(day for (day,) in self._run(found).fetchall()) if found else frozenset[date]()
        linked = self._linked(current)
        if linked is None:
            return None
        for condition in linked:
            sql = f"select distinct {self._kept.day} from {self._base} where {condition}"
            days |= {day for (day,) in self._run(sql).fetchall()}
        return days

    def _linked(self, current: State) -> list[str] | None:
        """Conditions on the rows of which a view may say something else now; none when they are not known."""
        found = []
        for seen in SEEN.values():
            for name, columns in seen.also_reads.items() if seen.of == self._base else ():
                linked = self._differing(name, columns[0], columns, current.generations[name])
                if linked is None:
                    return None
                if linked:
                    found.append(f"{columns[0]} in ({linked})")
        return found

    def _differing(self, name: str, by: str, columns: Sequence[str], since: int) -> str | None:
        """The values of a column whose rows changed since a position, as SQL; empty: no change; none: not known."""
        snapshot = self._snapshot if name == self._base else self._store.snapshot(name)
        files = self._store.changes_since(snapshot, since)
        if files is None:
            return None
        if not any(files):
            return ""
        return differing(*files, delta_columns(snapshot.table.schema()), by, columns)

    def _counted(self, dirty: frozenset[date] | None) -> list[tuple[date, datetime, datetime, int]]:
        where = "" if dirty is None else f"where {self._kept.day} in ({dates(dirty)})"
        if dirty is not None and not dirty:
            return []
        time, day = self._kept.time, self._kept.day
        listed = self._run(
            f"select {day}, min({time}), max({time}), count(*) from {self._base} {where} group by {day} order by {day}"
        ).fetchall()
        return [(day, first.astimezone(UTC), last.astimezone(UTC), rows) for day, first, last, rows in listed]

    def _number(self, sql: str) -> int:
        return int(self._run(sql).fetchall()[0][0])


def _batches(counted: list[tuple[date, datetime, datetime, int]]) -> list[list[tuple[date, datetime, datetime, int]]]:
    """Days in a row, few enough rows together."""
    batches: list[list[tuple[date, datetime, datetime, int]]] = []
    room = 0
    for one in counted:
        if not batches or one[3] > room:
            batches.append([])
            room = BATCH_ROWS
        batches[-1].append(one)
        room -= one[3]
    return batches
