"""Writing a segment: the copied rows of some days in order of time, and the cells of each cube over them."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.lakehouse.partials.aggregates import ROWS, expression_in_duckdb
from payment_analysis.lakehouse.partials.bases import KEPT
from payment_analysis.lakehouse.partials.cubes import AT
from payment_analysis.lakehouse.partials.harvest import cubes
from payment_analysis.lakehouse.partials.store import GONE, attached
from payment_analysis.lakehouse.partials.store import ROWS as ROWS_TABLE
from payment_analysis.lakehouse.schema import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.partials.cubes import Cube
    from payment_analysis.lakehouse.partials.store import PartialStore

ROW_GROUP_ROWS: Final = 20_480  # a window's edge reads one or two of them, and two cores share a cube
WORDS_MAX: Final = 5_000  # of a column that is worth an enumeration
DAY: Final = "cell_day"
HOUR: Final = "cell_hour"


class SegmentWriter:
    """Writes the segments of one kept table."""

    def __init__(self, partials: PartialStore, connection: DuckDBPyConnection, base: str) -> None:
        self._partials, self._run, self._base = partials, connection.execute, base
        self._kept = KEPT[base]
        self._kinds = 0
        self._cubes = [cube for cube in cubes().values() if cube.base == base]

    def write(
        self, segment: str, copied: str, *, cells_max: float = inf, wanted: frozenset[str] | None = None, gone: str = ""
    ) -> dict[str, int]:
        """Write a segment of these copied rows; how many cells each cube has.

        Of all cubes those are written that are `wanted` and have at most `cells_max` cells: beyond that a cube is no
        shorter way. `gone` names a table of the keys of rows that are not valid any more in the segments before.
        """
        file, name = self._partials.file(self._base, segment), attached(segment)
        file.parent.mkdir(parents=True)
        self._load(copied)
        self._run(f"attach {literal(str(file))} as {name} (row_group_size {ROW_GROUP_ROWS})")
        self._run(f'create table {name}."{ROWS_TABLE}" as select * exclude ({HOUR}, {DAY}) from batch')
        if gone:
            self._run(f'create table {name}."{GONE}" as from {gone}')
        found: dict[str, int] = {}
        for cube in self._cubes:
            if wanted is not None and cube.name not in wanted:
                continue
            self._run(f"create or replace temp table cells as {self._cells(cube)}")
            number = self._number("select count(*) from cells")
            if number <= cells_max:
                self._write_as_text("from cells", name, cube.name)
                found[cube.name] = number
        self._run(f"detach {name}")
        return found

    def _load(self, copied: str) -> None:
        """The rows in order of time, their words as enumerations: grouping by these takes a third."""
        time, day = self._kept.time, self._kept.day
        self._run(
            f"create or replace temp table loaded as select *, date_trunc('hour', {time}) as {HOUR},"
            f" cast({day} as timestamptz) as {DAY} from ({copied})"
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

    def _write_as_text(self, select: str, segment: str, name: str) -> None:
        """Write a table, its words as text again: other segments have other enumerations, and cells are merged."""
        columns = self._run(f"describe {select}").fetchall()
        words = [f"cast({column} as varchar) as {column}" for column, kind, *_ in columns if kind.startswith("ENUM")]
        replaced = f" replace ({', '.join(words)})" if words else ""
        self._run(f'create table {segment}."{name}" as select *{replaced} from ({select})')

    def _number(self, sql: str) -> int:
        found: Any = self._run(sql).fetchall()[0][0]
        return int(found)
