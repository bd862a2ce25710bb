"""The workbench of one build: a connection on which every table's name stands for the rows of its newest snapshot."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.domain.errors import NotBuilt
from payment_analysis.lakehouse.data_file import blank_columns, rows_of
from payment_analysis.lakehouse.delta import DEFINITION, fingerprint
from payment_analysis.lakehouse.dialect import parse, to_duckdb
from payment_analysis.lakehouse.few_words import name_words
from payment_analysis.lakehouse.schema import NO_WORDS, columns_of, contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.delta import DeltaStore, Snapshot
    from payment_analysis.lakehouse.schema import Columns
    from payment_analysis.lakehouse.table import Source, Table

BLANK_FILES_MAX: Final = 64  # reading the statistics of more files takes longer than it saves
ENGINE_EDITION: Final = 1  # raise it when the engine itself starts to compute something else from the same SQL


_translated: dict[str, str] = {}  # writing fifty definitions for DuckDB takes a third of a second, so it is done once


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows of a table, old and new, that this build changed between two generations; `relation` names them."""

    since: int
    until: int
    relation: str


class Workbench:
    """Snapshots, names and changes of one build."""

    def __init__(
        self,
        store: DeltaStore,
        connection: DuckDBPyConnection,
        scratch: Path,
        tables: Mapping[str, Table],
        sources: Mapping[str, Source],
    ) -> None:
        self.store = store
        self.connection = connection
        self.scratch = scratch
        self.tables = tables
        self.sources = sources
        self.changes: dict[str, Changes] = {}
        self.passed: dict[str, tuple[tuple[Path, ...], bool]] = {}  # files of which no row was dropped, or some were
        self._snapshots: dict[str, Snapshot] = {}
        self._words: dict[str, Mapping[str, str]] = {}
        self._bound: dict[str, str] = {}
        self._read_often: dict[str, frozenset[str]] = {}

    def open(self, defined: Source | Table) -> Snapshot:
        """Make the table when it does not exist, and let its name stand for its rows."""
        if defined.name not in self._snapshots:
            self.store.create(defined.name, columns_of(defined), defined.description)
            if defined.name in self.sources:  # a table that is computed takes its new columns with its new rows
                self.store.widen(defined.name, columns_of(defined))
            self._snapshots[defined.name] = self.store.snapshot(defined.name)
            snapshot = self._snapshots[defined.name]
            self.bind(defined.name, snapshot.paths, snapshot.rows)
        return self._snapshots[defined.name]

    def reopen(self, defined: Source | Table) -> Snapshot:
        """The table as it is after a commit."""
        self._snapshots.pop(defined.name, None)
        return self.open(defined)

    def open_reads(self, table: Table) -> None:
        """Open every table a definition is computed from."""
        for name in self.inputs(table):
            self.open(self.tables.get(name) or self.sources[name])

    @contextmanager
    def definition_of(
        self, table: Table, *, without: frozenset[str] = frozenset(), words: Mapping[str, str] = NO_WORDS
    ) -> Iterator[str]:
        """A table's definition as a SELECT that runs here, while the views it looks through are in place.

        A view that is read more than once is worked out once: the engine itself would repeat it for every reader.
        Columns `without` are left out; columns of few `words` are numbers of words.
        """
        worked_out = []
        try:
            for view, is_read_often in self.looked_through(table):
                if is_read_often:
                    self.connection.execute(f'create or replace temp table "{view.name}" as {typed(view)}')
                    worked_out.append(view.name)
                else:
                    self.bind_view(view)
            yield typed(table, without=without, words=words)
        finally:
            for name in worked_out:
                self.connection.execute(f'drop table "{name}"')

    def looked_through(self, table: Table) -> tuple[tuple[Table, bool], ...]:
        """The views a definition looks through, in order of dependence, and whether each is read more than once."""
        parts, often = {part.name for part in self.below(table)} - {table.name}, self._often(table)
        return tuple((view, name in often) for name, view in self.tables.items() if name in parts)

    def _often(self, table: Table) -> frozenset[str]:
        """What a definition and the views it looks through read more than once."""
        if table.name not in self._read_often:
            parts = {part.name: part for part in self.below(table)}
            readers = Counter(ref.name for part in parts.values() for ref in part.statement.find_all(exp.Table))
            self._read_often[table.name] = frozenset(name for name, times in readers.items() if times > 1)
        return self._read_often[table.name]

    def forget(self) -> None:
        """Take new snapshots of everything: another process was faster."""
        opened = [self.tables.get(name) or self.sources[name] for name in self._snapshots]
        self._snapshots.clear()
        for defined in opened:
            self.open(defined)

    def columns(self, name: str) -> Columns:
        """The columns of a table by name."""
        return columns_of(self.tables[name] if name in self.tables else self.sources[name])

    def blank(self, table: Table) -> frozenset[str]:
        """The columns a table carries over from its one changing input and that have no value there.

        Not written at all, they cost nothing; a column of nulls costs 15 ms a million rows, and exports carry few.
        """
        origins = [name for name in self.base_reads(table) if name in self.tables]
        paths = self.open(self.tables[origins[0]]).paths if len(origins) == 1 else ()
        if not 0 < len(paths) <= BLANK_FILES_MAX:
            return frozenset()
        return table.carried & blank_columns(self.connection, paths, self.columns(origins[0]))

    def few_words(self, table: Table, *, without: frozenset[str]) -> Mapping[str, str]:
        """The columns of few words that a table carries over from its one changing input, with the ENUM of each."""
        origins = [name for name in self.base_reads(table) if name in self.tables]
        if len(origins) != 1:
            return NO_WORDS
        known = self._words.get(origins[0], NO_WORDS)
        texts = {name for name in table.carried - without - known.keys() if columns_of(table)[name] == "string"}
        carried = {name: known[name] for name in known.keys() & table.carried}
        self._words[table.name] = carried | dict(name_words(self.connection, origins[0], sorted(texts)))
        return self._words[table.name]

    def bind(self, name: str, paths: Iterable[Path], count: int | None = None) -> None:
        """Let a name stand for the rows of some data files."""
        self.bind_select(name, rows_of(paths, self.columns(name), count=count))

    def bind_select(self, name: str, select: str) -> None:
        """Let a name stand for a SELECT; saying so again costs nothing, where making a view plans its query."""
        if self._bound.get(name) != select:
            self.connection.execute(f'create or replace temp view "{name}" as {select}')
            self._bound[name] = select

    def bind_view(self, view: Table) -> None:
        """Let a view's name stand for its definition."""
        self.bind_select(view.name, typed(view))

    def below(self, table: Table) -> tuple[Table, ...]:
        """A definition and the views it looks through."""
        views = (self.tables[name] for name in sorted(table.reads & self.tables.keys()))
        return (table, *(inner for view in views if view.kind == "view" for inner in self.below(view)))

    def base_reads(self, table: Table) -> frozenset[str]:
        """The tables a definition is computed from, through its views."""
        reads = frozenset[str]().union(*(part.reads for part in self.below(table)))
        return frozenset(name for name in reads if name not in self.tables or self.tables[name].kind == "table")

    def inputs(self, table: Table) -> frozenset[str]:
        """Everything the content of a table depends on: what it reads, and what its checks look up."""
        return self.base_reads(table).union(*(_looked_up(check.predicate) for check in table.checks))

    def closure(self, table: Table) -> tuple[tuple[str, ...], ...]:
        """The groups of columns that tie rows together in a definition or in a view it looks through."""
        return tuple(sorted({group for part in self.below(table) for group in part.closure}))

    def definition(self, table: Table, *, besides: str | None = None) -> int:
        """What the table's content is a function of, its incremental source aside."""
        parts = [(part.name, part.sql, columns_of(part), part.checks, part.closure) for part in self.below(table)]
        states = {name: self.generation(name) for name in sorted(self.inputs(table) - {besides})}
        return fingerprint(ENGINE_EDITION, parts, states)

    def generation(self, name: str) -> int:
        """The generation of an opened table."""
        if name not in self._snapshots:
            raise NotBuilt(f"table {name} does not exist yet", hint="run `payment-analysis build`")
        return self._snapshots[name].generation


def typed(table: Table, *, without: frozenset[str] = frozenset(), words: Mapping[str, str] = NO_WORDS) -> str:
    """A definition as a DuckDB SELECT with the column types it promises, or the ENUM of its words."""
    if table.sql not in _translated:
        _translated[table.sql] = to_duckdb(table.statement)
    return typed_as(table, _translated[table.sql], without=without, words=words)


def typed_as(
    table: Table, select: str, *, without: frozenset[str] = frozenset(), words: Mapping[str, str] = NO_WORDS
) -> str:
    """A SELECT of DuckDB's that stands for a definition, with the column types the definition promises."""
    wanted = {name: word for name, word in columns_of(table).items() if name not in without}
    return contract(wanted, f"({select})", words=words)


@cache
def _looked_up(predicate: str) -> frozenset[str]:
    return frozenset(found.name for found in parse(f"select {predicate}").find_all(exp.Table))


def source_position(name: str) -> str:
    """The application id under which a table notes how far it has read another."""
    return f"source:{name}"


__all__ = ["DEFINITION", "Changes", "Workbench", "source_position", "typed", "typed_as"]
