"""Filling and refreshing partial aggregates: only the days whose rows changed are computed, from silver as it is now.

What changed is what the Delta log of silver says: rows of the files added and removed since the partials' position,
compaction aside. A day whose rows are the same on both sides did not change, however often its files were rewritten.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.data_file import rows_of
from payment_analysis.lakehouse.dialect import to_duckdb
from payment_analysis.lakehouse.partials.aggregates import ROWS, expression_in_duckdb
from payment_analysis.lakehouse.partials.bases import KEPT, SEEN
from payment_analysis.lakehouse.partials.differences import differing
from payment_analysis.lakehouse.partials.harvest import copied, cubes, definition_of, only_present
from payment_analysis.lakehouse.partials.store import ROWS as ROWS_TABLE
from payment_analysis.lakehouse.partials.store import Day, State, attached
from payment_analysis.lakehouse.schema import delta_columns, literal
from payment_analysis.lakehouse.table import load_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.delta import DeltaStore, Snapshot
    from payment_analysis.lakehouse.partials.cubes import Cube
    from payment_analysis.lakehouse.partials.store import Manifest, PartialStore

ROWS_MIN: Final = 50_000  # of silver; any view over fewer rows takes milliseconds
MEMORY_MB: Final = 2000
BATCH_ROWS: Final = 1_000_000  # of whole days: the columns that are copied of so many rows fit in memory
CELLS_SHARE_MAX: Final = 0.6  # of the rows; a cube with more cells than that is no shorter way
ROW_GROUP_ROWS: Final = 20_480  # a window's edge reads one or two of them, and two cores share a cube
WORDS_MAX: Final = 5_000  # of a column that is worth an enumeration
DAY: Final = "cell_day"
HOUR: Final = "cell_hour"
SEGMENTS_MAX: Final = 8
ROW_KEY: Final = "row_key"  # a hash of the key of each copied row, by which a reader leaves it out when it is gone
AT: Final = "cell_at"  # the hour or day a cell begins


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
) -> tuple[Refreshed, ...]:
    """Bring the partial aggregates up to date with silver; another process that does so already is left to it.

    A table below `rows_min` rows is quick enough without; a cube with more cells than `share_max` of the rows too.
    """
    done: list[Refreshed] = []
    with partials.writing() as alone:
        if not alone:
            return ()
        for base in KEPT:
            if store.version(base) is not None and store.snapshot(base).rows >= rows_min:
                with duck.worker(scratch, memory_mb=MEMORY_MB, threads=threads) as connection:
                    done += _Refresh(store, partials, connection, base, share_max).run()
        partials.tidy()
    return tuple(done)


class _Refresh:
    """One refresh of the partial aggregates of one kept table."""

    def __init__(
        self, store: DeltaStore, partials: PartialStore, connection: DuckDBPyConnection, base: str, share_max: float
    ) -> None:
        self._store = store
        self._partials = partials
        self._run = connection.execute
        self._base = base
        self._kept = KEPT[base]
        self._snapshot = store.snapshot(base)
        self._share_max = share_max
        self._kinds = 0
        self._cubes = [cube for cube in cubes().values() if cube.base == base]

    def run(self) -> list[Refreshed]:
        manifest = self._partials.manifest()
        known = manifest.states.get(self._base)
        definition = definition_of(self._base)
        generations = self._generations()
        if known is not None and known.definition == definition and known.generations == generations:
            return []
        self._bind()
        current = known if known is not None and known.definition == definition else None
        dirty = None if current is None else self._changed(current)
        if current is None or dirty is None or len(current.segments) >= SEGMENTS_MAX:
            current, dirty = State(definition, generations), None
        counted = self._counted(dirty)
        days = {day: one for day, one in current.days.items() if dirty is None or day not in dirty}
        held: dict[str, frozenset[date]] = {}
        cells = {segment: current.cells[segment] for segment in current.segments}
        for batch in _batches(counted):
            segment = uuid.uuid4().hex[:12]
            cells[segment] = self._fill(segment, [one[0] for one in batch])
            held[segment] = frozenset(one[0] for one in batch)
            days |= {day: Day(day, first, last, rows, segment) for day, first, last, rows in batch}
        state = State(definition, generations, dict(sorted(days.items())), cells)
        self._replace(manifest, state, held)
        return [Refreshed(self._base, len(counted), sum(one[3] for one in counted))]

    def _replace(self, manifest: Manifest, state: State, held: dict[str, frozenset[date]]) -> None:
        states = {**manifest.states, self._base: state}
        named = {segment for one in states.values() for segment in one.segments}
        self._partials.replace(states, {s: days for s, days in {**manifest.held, **held}.items() if s in named})

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

    def _copied(self, days: str) -> str:
        """The columns that are copied of some days, with the marks and what views add, as a SELECT."""
        key, day = self._kept.key, self._kept.day
        views = {name: seen for name, seen in SEEN.items() if seen.of == self._base}
        listed = {column: f"base.{column}" for column in copied(self._base)}
        listed[ROW_KEY] = f"hash(base.{key})"
        listed |= {c: f"case when base.{c} is not null then true end" for c in only_present(self._base)}
        joins = []
        for name, seen in views.items():
            if seen.own:
                own = f"select {', '.join((key, *seen.own))} from {name} where {day} in ({days})"
                joins.append(f"left join ({own}) as {name} on base.{key} = {name}.{key}")
                marks = {seen.mark(name): f"{name}.{key} is not null", **{c: f"{name}.{c}" for c in seen.own}}
            else:
                joins.append(f"left join not_{name} on base.{key} = not_{name}.{key}")
                marks = {seen.mark(name): f"not_{name}.{key} is null"}
            listed |= {column: marked for column, marked in marks.items() if column in listed}
        columns = ", ".join(f"{meaning} as {column}" for column, meaning in listed.items())
        base = f"(select * from {self._base} where {day} in ({days})) as base"
        return f"select {columns} from {base} {' '.join(joins)}"

    def _changed(self, current: State) -> frozenset[date] | None:
        """The days whose rows changed since, or of which a view says something else; none when they are not known."""
        found = self._differing(self._base, self._kept.day, copied(self._base), current.generations[self._base])
        if found is None:
            return None
        days = frozenset(day for (day,) in self._run(found).fetchall()) if found else frozenset[date]()
        for seen in SEEN.values():
            for name, columns in seen.also_reads.items() if seen.of == self._base else ():
                linked = self._differing(name, columns[0], columns, current.generations[name])
                if linked is None:
                    return None
                if linked:
                    sql = f"select distinct {self._kept.day} from {self._base} where {columns[0]} in ({linked})"
                    days |= {day for (day,) in self._run(sql).fetchall()}
        return days

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
        where = "" if dirty is None else f"where {self._kept.day} in ({_dates(dirty)})"
        if dirty is not None and not dirty:
            return []
        time, day = self._kept.time, self._kept.day
        listed = self._run(
            f"select {day}, min({time}), max({time}), count(*) from {self._base} {where} group by {day} order by {day}"
        ).fetchall()
        return [(day, first.astimezone(UTC), last.astimezone(UTC), rows) for day, first, last, rows in listed]

    def _fill(self, segment: str, days: list[date]) -> dict[str, int]:
        """Write the rows and the cells of some days; the cells of each cube that is worth it."""
        file, name = self._partials.file(self._base, segment), attached(segment)
        file.parent.mkdir(parents=True)
        self._load(days)
        self._run(f"attach {literal(str(file))} as {name} (row_group_size {ROW_GROUP_ROWS})")
        self._write(f"select * exclude ({HOUR}, {DAY}) from batch", name, ROWS_TABLE)
        rows = self._number("select count(*) from batch")
        found: dict[str, int] = {}
        for cube in self._cubes:
            self._run(f"create or replace temp table cells as {self._cells(cube)}")
            number = self._number("select count(*) from cells")
            if number <= max(self._share_max * rows, len(days)):
                self._write("from cells", name, cube.name)
                found[cube.name] = number
        self._run(f"detach {name}")
        return found

    def _load(self, days: list[date]) -> None:
        """The rows of some days in order of time, their words as enumerations: grouping by these takes a third."""
        time, day = self._kept.time, self._kept.day
        self._run(
            f"create or replace temp table loaded as select *, date_trunc('hour', {time}) as {HOUR},"
            f" cast({day} as timestamptz) as {DAY} from ({self._copied(_dates(days))})"
        )
        columns = self._run("describe loaded").fetchall()
        words = [name for name, kind, *_ in columns if kind == "VARCHAR"]
        kinds: dict[str, str] = {}
        if words:
            listed = ", ".join(f"list_sort(list(distinct {name}) filter (where {name} is not null))" for name in words)
            (found,) = self._run(f"select {listed} from loaded").fetchall()
            for name, values in zip(words, found, strict=True):
                if 0 < len(values or ()) <= WORDS_MAX:
                    self._kinds += 1
                    kinds[name] = f"words_{self._kinds}"
                    self._run(f"create type {kinds[name]} as enum ({', '.join(literal(value) for value in values)})")
        cast = ", ".join(f"cast({n} as {kinds[n]}) as {n}" if n in kinds else n for n, *_ in columns)
        self._run(f"create or replace temp table batch as select {cast} from loaded order by {time}")
        self._run("drop table loaded")

    def _cells(self, cube: Cube) -> str:
        """The cells of a cube over the rows at hand."""
        at = DAY if cube.grain == "day" else HOUR
        keys = ", ".join(cube.keys)
        measures = "".join(
            f", {measure.over_rows} as {measure.name}" for measure in sorted(cube.measures, key=lambda m: m.name)
        )
        where = f" where {' and '.join(f'({expression_in_duckdb(one)})' for one in cube.where)}" if cube.where else ""
        listed = f"{keys}, " if keys else ""
        return f"select {at} as {AT}, {listed}count(*) as {ROWS}{measures} from batch{where} group by all order by {AT}"

    def _write(self, select: str, segment: str, name: str) -> None:
        """Write a table, its words as text again: other segments have other enumerations."""
        columns = self._run(f"describe {select}").fetchall()
        words = [f"cast({column} as varchar) as {column}" for column, kind, *_ in columns if kind.startswith("ENUM")]
        replaced = f" replace ({', '.join(words)})" if words else ""
        self._run(f'create table {segment}."{name}" as select *{replaced} from ({select})')

    def _number(self, sql: str) -> int:
        return int(self._run(sql).fetchall()[0][0])


def _dates(days: Any) -> str:
    return ", ".join(f"date '{day}'" for day in sorted(days))


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
