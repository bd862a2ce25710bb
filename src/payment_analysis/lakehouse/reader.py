"""Reads: a kept connection on which every table's name stands for its newest snapshot, and every view for its SQL.

Before each question the versions of the tables it touches are compared (a look at file names); only a table that moved
is opened again. A question that runs keeps the files of its own snapshot: vacuum leaves them for an hour.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from payment_analysis.domain.errors import NotBuilt
from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.data_file import rows_of
from payment_analysis.lakehouse.schema import columns_of, delta_columns
from payment_analysis.lakehouse.workbench import typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.delta import DeltaStore
    from payment_analysis.lakehouse.schema import Columns
    from payment_analysis.lakehouse.table import Source, Table


class Reader:
    """Names for SQL: tables at their newest version, views by definition."""

    def __init__(
        self, store: DeltaStore, scratch: Path, tables: Mapping[str, Table], sources: Mapping[str, Source]
    ) -> None:
        self._store = store
        self._scratch = scratch
        self._tables = tables
        self._sources = sources
        self._connection: DuckDBPyConnection | None = None
        self._versions: dict[str, int] = {}
        self._views: set[str] = set()
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
        """A connection of the caller's own, on which these names stand for what is committed now."""
        with self._lock:
            if self._connection is None:
                self._store.root.mkdir(parents=True, exist_ok=True)
                self._connection = duck.reader(self._store.root, self._scratch)
            for name in names:
                self._name(self._connection, name)
            return self._connection.cursor()

    def _name(self, connection: DuckDBPyConnection, name: str) -> None:
        if self.is_view(name):
            view = self._tables[name]
            for below in sorted(view.reads):
                self._name(connection, below)
            if name not in self._views:
                connection.execute(f'create or replace view "{name}" as {typed(view)}')
                self._views.add(name)
            return
        version = self._store.version(name)
        if version is None:
            raise NotBuilt(f"table {name} is not built yet", hint="run `payment-analysis build`")
        if self._versions.get(name) != version:
            snapshot = self._store.snapshot(name)
            rows = rows_of(snapshot.paths, delta_columns(snapshot.table.schema()), count=snapshot.rows)
            connection.execute(f'create or replace view "{name}" as {rows}')
            self._versions[name] = version

    def _bases(self, name: str) -> set[str]:
        if not self.is_view(name):
            return {name}
        return {base for below in self._tables[name].reads for base in self._bases(below)}

    def columns(self, name: str) -> Columns:
        """The columns a name promises."""
        return columns_of(self.defined(name))
