"""Reads: a kept connection on which every table's name stands for its newest snapshot, and every view for its SQL.

Before each question the versions of the tables it touches are compared (a look at file names); only a table that moved
is opened again. A question that runs keeps the files of its own snapshot: vacuum leaves them for an hour.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.data_file import relation, rows_of
from payment_analysis.lakehouse.followed import Followed, not_built
from payment_analysis.lakehouse.partials.bases import CLOCK
from payment_analysis.lakehouse.partials.kept_views import VIEWS, definition_of_view
from payment_analysis.lakehouse.partials.pieces import CLOCK_SQL, clock_parameters, days_sql
from payment_analysis.lakehouse.partials.plans import planned
from payment_analysis.lakehouse.partials.reading import Now
from payment_analysis.lakehouse.partials.tail import ROWS_MAX, Since
from payment_analysis.lakehouse.schema import columns_of, literal
from payment_analysis.lakehouse.scope_bases import IN_SCOPE, IN_SCOPE_OF
from payment_analysis.lakehouse.workbench import typed, typed_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.delta import DeltaStore
    from payment_analysis.lakehouse.partials.reading import PartialReader
    from payment_analysis.lakehouse.partials.store import Manifest
    from payment_analysis.lakehouse.schema import Columns
    from payment_analysis.lakehouse.table import Source, Table


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question of our own, ready to be executed on a cursor, and what it reads: versions and generations of tables.

    Tables that move meanwhile do not move for it: its cursor is a transaction, and names are part of that.
    """

    cursor: DuckDBPyConnection
    sql: str
    parameters: dict[str, object] | None
    versions: dict[str, int]
    generations: dict[str, int]


class Reader:
    """Names for SQL: tables at their newest version, views by definition."""

    def __init__(
        self,
        store: DeltaStore,
        scratch: Path,
        tables: Mapping[str, Table],
        sources: Mapping[str, Source],
        partials: PartialReader | None = None,
        *,
        tail_rows_max: int = ROWS_MAX,
    ) -> None:
        self._store = store
        self._scratch = scratch
        self._tables = tables
        self._sources = sources
        self._connection: DuckDBPyConnection | None = None
        self._versions: dict[str, int] = {}
        self._generations: dict[str, int] = {}
        self._followed: dict[str, Followed] = {}
        self._bound: dict[str, int] = {}  # the version whose rows a name stands for
        self._since = Since(tail_rows_max)
        self._partials = partials
        self._clock: tuple[int, dict[str, object]] | None = None  # the version it was read from, and its row
        self._views: dict[str, str] = {}  # each with the file of its rows, or none when it is its definition
        self._definitions: dict[str, int] = {}
        self._listed: set[tuple[str, str]] = set()  # the manifests, by number, and bases whose days are listed
        self._attached: dict[str, tuple[dict[str, Path], dict[str, Path]]] = {}  # now, and by the manifest before
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """Every table and view there can be."""
        return (*self._sources, *self._tables)

    def is_view(self, name: str) -> bool:
        """Whether the name is a view."""
        return name in self._tables and self._tables[name].kind == "view"

    def defined(self, name: str) -> Source | Table:
        """The definition behind a name."""
        return self._tables[name] if name in self._tables else self._sources[name]

    def is_built(self, name: str) -> bool:
        """Whether the tables below a name exist."""
        return all(self._store.version(base) is not None for base in self._bases(name))

    def cursor(self, names: Iterable[str]) -> DuckDBPyConnection:
        """A connection of the caller's own, on which these names stand for what is committed now, and go on to."""
        with self._lock:
            return duck.pinned(self._opened(names))

    def prepared(self, sql: str, parameters: Mapping[str, object] | None, *, in_scope: str = "") -> Prepared:
        """A question of our own in Databricks SQL, over partial aggregates where these are what silver says now.

        `in_scope` is what the function of that name says in this question.
        """
        found = self._prepared(sql, parameters)
        if in_scope:
            found.cursor.execute(f"create temp macro {IN_SCOPE}({', '.join(IN_SCOPE_OF)}) as ({in_scope})")
        return found

    def _prepared(self, sql: str, parameters: Mapping[str, object] | None) -> Prepared:
        known, given = set(self.names), dict(parameters or {})
        plain = planned(sql, ())
        names = [name for name in sorted(plain.tables) if name in known]
        bases = sorted(set().union(*(self._bases(name) for name in names)))
        if self._partials is not None:
            found = self._over_partials(sql, given, names, bases)
            if found is not None:
                return found
        with self._lock:
            cursor = duck.pinned(self._opened(names))
            read = self._read(bases)
        return Prepared(cursor, plain.sql, _wanted(given, plain.parameters), *read)

    def versions(self, sql: str) -> dict[str, int]:
        """The versions, committed now, of every table that a question of our own reads."""
        known = set(self.names)
        bases = sorted(set().union(*(self._bases(name) for name in planned(sql, ()).tables if name in known)))
        with self._lock:
            self._looked(bases)
            return {name: self._versions[name] for name in bases}

    def _read(self, names: Iterable[str]) -> tuple[dict[str, int], dict[str, int]]:
        """The versions and the generations that tables have on the connection."""
        asked = tuple(dict.fromkeys(names))
        return {name: self._versions[name] for name in asked}, {name: self._generations[name] for name in asked}

    def _over_partials(self, sql: str, given: dict[str, object], names: list[str], bases: list[str]) -> Prepared | None:
        assert self._partials is not None
        manifest = self._partials.manifest()
        below = self._partials.needed(sql, frozenset()) if manifest.number else frozenset()
        if not below:
            return None
        with self._lock:
            connection = self._looked((*names, *sorted(below), CLOCK))
            at_hand = frozenset(name for name in VIEWS if self._views.get(name))
            needed = self._partials.needed(sql, at_hand)
            if not needed:
                return None
            behind = {
                base: self._since.of(connection, manifest.states[base], self._followed[base], base)
                for base in manifest.states
                if base in needed
            }
            sizes = self._partials.current(manifest, behind, self._generations)
            self._list_days(connection, manifest, [base for base, *_ in sizes])
            clock = self._clock_row(connection)
            read = self._read((*bases, *sorted(needed), CLOCK))
            unseen = {base for base, one in behind.items() if base not in self._bound or (one and one.changed)}
            self._bind(connection, unseen | (self._partials.read_as_they_are(sql, sizes, at_hand) & {*self.names}))
            cursor = duck.pinned(connection)
        if not sizes or None in clock.values():
            return None
        given = {**given, **clock}
        now = Now(manifest, {base: one for base, one in behind.items() if one is not None}, at_hand)

        def run(asked: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
            return cursor.execute(asked, dict(values) or None).fetchall()

        answerable = self._partials.answerable(sql, sizes, now, given, run)
        if answerable is None:
            return None
        return Prepared(cursor, answerable.sql, _wanted(given, answerable.parameters), *read)

    def _list_days(self, connection: DuckDBPyConnection, manifest: Manifest, bases: list[str]) -> None:
        for base in bases:
            if (manifest.number, base) not in self._listed:
                connection.execute(days_sql(base, manifest))
                self._attach(connection, base, manifest)
                self._listed.add((manifest.number, base))

    def _attach(self, connection: DuckDBPyConnection, base: str, manifest: Manifest) -> None:
        """Open the segments of a base; those of the manifest before may still be read by a question that began then."""
        assert self._partials is not None
        now, (before, earlier) = self._partials.files(manifest, base), self._attached.get(base, ({}, {}))
        for name in earlier.keys() - before.keys() - now.keys():
            connection.execute(f"detach database if exists {name}")
        for name, file in now.items():
            connection.execute(f"attach if not exists {literal(str(file))} as {name} (read_only)")
        self._attached[base] = (now, before)

    def _clock_row(self, connection: DuckDBPyConnection) -> dict[str, object]:
        """The clock as it is now, read when it moved."""
        version = self._versions[CLOCK]
        if self._clock is None or self._clock[0] != version:
            self._bind(connection, [CLOCK])
            self._clock = (version, clock_parameters(connection.execute(CLOCK_SQL).fetchone()))
        return self._clock[1]

    def _opened(self, names: Iterable[str]) -> DuckDBPyConnection:
        """The kept connection, on which these names stand for what is committed now."""
        wanted = tuple(names)
        connection = self._looked(wanted)
        self._bind(connection, wanted)
        return connection

    def _looked(self, names: Iterable[str]) -> DuckDBPyConnection:
        """The kept connection, after a look at what is committed now of the tables below these names."""
        wanted, seen = tuple(names), None
        if self._connection is None:
            for base in sorted(frozenset[str]().union(*map(self._bases, wanted))):
                if self._store.version(base) is None:  # who asks makes no folder where no home was made yet
                    raise not_built(base)
            folders = [self._store.root, *([] if self._partials is None else [self._partials.folder])]
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
            self._connection = duck.reader(folders, self._scratch)
        while seen != self._versions:  # rows kept of a view were judged by tables that may have moved since
            seen = dict(self._versions)
            for name in wanted:
                self._name(self._connection, name)
        return self._connection

    def _name(self, connection: DuckDBPyConnection, name: str) -> None:
        if self.is_view(name):
            self._name_view(connection, name)
            return
        if name not in self._followed:
            self._followed[name] = Followed(self._store, name)
        followed = self._followed[name]
        followed.look()
        self._versions[name], self._generations[name] = followed.head.version, followed.head.generation

    def _bind(self, connection: DuckDBPyConnection, names: Iterable[str]) -> None:
        """Let the tables below these names stand for their rows, which who reads cells and copies alone need not."""
        for name in frozenset[str]().union(*map(self._bases, names)):
            if self._bound.get(name) != self._versions[name]:
                followed = self._followed[name]
                rows = rows_of(followed.head.paths, followed.columns, count=followed.head.rows)
                connection.execute(f'create or replace view "{name}" as {rows}')
                self._bound[name] = self._versions[name]

    def _name_view(self, connection: DuckDBPyConnection, name: str) -> None:
        """A view is the rows kept of it while all tables below it are what they were then, and else its definition."""
        view = self._tables[name]
        for below in sorted(view.reads):
            self._name(connection, below)
        rows = self._rows_kept(name)
        if self._views.get(name) != rows:
            self._bind(connection, [name])
            meant = typed_as(view, f"select * from {relation([Path(rows)])}") if rows else typed(view)
            connection.execute(f'create or replace view "{name}" as {meant}')
            self._views[name] = rows

    def _rows_kept(self, view: str) -> str:
        """The file of the rows of a view, when these are what it says now; empty otherwise."""
        kept = None if self._partials is None else self._partials.views.kept().get(view)
        if kept is None or any(self._generations.get(base) != at for base, at in kept.generations.items()):
            return ""
        if view not in self._definitions:
            self._definitions[view] = definition_of_view(view, self._tables)
        assert self._partials is not None
        return str(self._partials.views.root / kept.file) if kept.definition == self._definitions[view] else ""

    def is_kept(self, view: str) -> bool:
        """Whether a view is read from the rows kept of it."""
        self.cursor([view]).close()
        return bool(self._views[view])

    def position(self, prepared: Prepared, view: str) -> dict[str, int]:
        """The generations of the tables below a view that a question about it reads."""
        return {name: prepared.generations[name] for name in sorted(self._bases(view))}

    def _bases(self, name: str) -> set[str]:
        if not self.is_view(name):
            return {name}
        return {base for below in self._tables[name].reads for base in self._bases(below)}

    def columns(self, name: str) -> Columns:
        """The columns a name promises."""
        return columns_of(self.defined(name))


def _wanted(given: Mapping[str, object], named: frozenset[str]) -> dict[str, object] | None:
    """The parameters that a text names; the engine refuses others."""
    return {name: value for name, value in given.items() if name in named} or None
