"""What happened to a kept table since its partial aggregates were computed, followed in a reader's memory.

    came_<base>_<generation>    rows that came, in the columns that are copied
    gone_<base>_<generation>    copied rows that are not there any more, by key, with their day

A question reads the copied rows without those that are gone, and the rows that came. A file is read once, when it has
come: reading all that came in a minute for each question took 0.1 s, and a late row had the whole day read from silver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse.data_file import rows_of
from payment_analysis.lakehouse.partials.bases import KEPT
from payment_analysis.lakehouse.partials.cubes import ROW_KEY
from payment_analysis.lakehouse.partials.differences import differing
from payment_analysis.lakehouse.partials.harvest import copied
from payment_analysis.lakehouse.partials.reading import Behind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.followed import Followed
    from payment_analysis.lakehouse.partials.store import State

ROWS_MAX: Final = 1_000_000  # that came; of more the files are read by each question


class Since:
    """What happened to each kept table since its partial aggregates were computed."""

    def __init__(self, rows_max: int) -> None:
        self._rows_max = rows_max
        self._known: dict[str, tuple[object, Behind | None]] = {}
        self._tails: dict[str, list[Tail]] = {}  # per table the one at hand, and the one before

    def of(self, connection: DuckDBPyConnection, state: State, followed: Followed, base: str) -> Behind | None:
        """What happened to a table; none when that is not known any more."""
        since = state.generations[base]
        key = (since, state.definition, followed.head.version)
        if self._known.get(base, (None, None))[0] != key:
            self._known[base] = (key, self._found(connection, since, followed, base))
        return self._known[base][1]

    def _found(self, connection: DuckDBPyConnection, since: int, followed: Followed, base: str) -> Behind | None:
        tail = self._tail(connection, since, followed, base)
        if tail.follow(followed, self._rows_max):
            return tail.behind
        files = followed.changes_since(since)
        if files is None or not all(path.exists() for side in files for path in side):
            return None
        added, removed = files
        if not removed:
            return Behind(added=rows_of(added, followed.columns))
        days = connection.execute(differing(added, removed, followed.columns, KEPT[base].day, copied(base))).fetchall()
        return Behind(changed=frozenset(day for (day,) in days))

    def _tail(self, connection: DuckDBPyConnection, since: int, followed: Followed, base: str) -> Tail:
        """What happened after a generation, as far as it was taken up; the tail before may still be read."""
        tails = self._tails.setdefault(base, [])
        if not tails or tails[-1].since != since:
            tails.append(Tail(connection, base, since, followed.columns))
            for old in tails[:-2]:
                old.drop()
            del tails[:-2]
        return tails[-1]


class Tail:
    """The rows that came and are gone after one generation of a kept table."""

    def __init__(self, connection: DuckDBPyConnection, base: str, generation: int, types: Mapping[str, str]) -> None:
        self._run = connection.execute
        self._key, self._day = KEPT[base].key, KEPT[base].day
        self._columns = [name for name in copied(base) if name in types]
        self._types = {name: types[name] for name in dict.fromkeys((self._key, *self._columns))}
        self.since = self.generation = generation  # where it begins, and what was taken up last
        self._came, self._gone = (f"{side}_{base}_{generation}" for side in ("came", "gone"))
        listed = ", ".join(self._columns)
        self._run(
            f"create or replace table {self._came} as "
            f"select hash({self._key}) as {ROW_KEY}, {listed} from ({rows_of((), self._types)})"
        )
        self._run(f"create or replace table {self._gone} ({ROW_KEY} ubigint, day date)")
        self.behind = Behind()
        self._rows = 0  # that came

    def follow(self, followed: Followed, rows_max: int) -> bool:
        """Be where a table is; false, and where it was, when that is too far or not known any more."""
        found = followed.changes_since(self.generation)
        if found is None or not all(path.exists() for side in found for path in side):
            return False
        fresh = {*found[0]}
        if self._rows + sum(file.rows for file in followed.head.files if file.path in fresh) > rows_max:
            return False
        self._take_up(*found, followed.head.generation)
        return True

    def _take_up(self, added: Sequence[Path], removed: Sequence[Path], generation: int) -> None:
        if added or removed:
            end = "rollback"
            self._run("begin")  # who asks meanwhile sees all of it or nothing
            try:
                if removed:
                    self._exchange(added, removed)
                else:
                    self._insert(added)
                end = "commit"
            finally:
                self._run(end)
            days = frozenset(day for (day,) in self._run(f"select distinct day from {self._gone}").fetchall())
            (self._rows,) = self._run(f"select count(*) from {self._came}").fetchall()[0]
            self.behind = Behind(added=f"from {self._came}", gone=self._gone if days else "", touched=days)
        self.generation = generation

    def drop(self) -> None:
        """Nobody asks any more."""
        self._run(f"drop table {self._came}")
        self._run(f"drop table {self._gone}")

    def _insert(self, paths: Sequence[Path], where: str = "") -> None:
        listed = ", ".join(self._columns)
        self._run(
            f"insert into {self._came} select hash({self._key}) as {ROW_KEY}, {listed} "
            f"from ({rows_of(paths, self._types)}) {where}"
        )

    def _exchange(self, added: Sequence[Path], removed: Sequence[Path]) -> None:
        """Rows of files that were written again are what they were, unless their content says otherwise."""
        content = f"hash({', '.join(self._columns)})"
        sides = [
            f"select hash({self._key}) as {ROW_KEY}, {content} as content, {self._day} as day, {sign} as side "
            f"from ({rows_of(paths, self._types)})"
            for sign, paths in ((1, added), (-1, removed))
        ]
        self._run(
            "create or replace temp table moved as "
            f"select {ROW_KEY}, content, any_value(day) as day, sum(side) as side "
            f"from ({' union all '.join(sides)}) group by {ROW_KEY}, content having sum(side) <> 0"
        )
        lost = f"select {ROW_KEY} from moved where side < 0"
        self._run(
            f"insert into {self._gone} select {ROW_KEY}, day from moved where side < 0 "
            f"and {ROW_KEY} not in (select {ROW_KEY} from {self._came})"
        )
        self._run(f"delete from {self._came} where {ROW_KEY} in ({lost})")
        live = sorted({*added} - {*removed})  # a row that came is in one of these, and once
        fresh = f"select {ROW_KEY}, content from moved where side > 0"
        self._insert(live, f"where (hash({self._key}), {content}) in ({fresh})")
