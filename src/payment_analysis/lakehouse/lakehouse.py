"""The lakehouse: one folder of Delta tables, filled by appends and builds, read by SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from payment_analysis.lakehouse.bronze import LANDING, QUARANTINE
from payment_analysis.lakehouse.build import Build
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.freshness import freshness
from payment_analysis.lakehouse.keeping import keep_views
from payment_analysis.lakehouse.landing import Landing
from payment_analysis.lakehouse.maintenance import maintain
from payment_analysis.lakehouse.partials.reading import PartialReader
from payment_analysis.lakehouse.partials.refresh import CELLS_SHARE_MAX, ROWS_MIN, refresh_partials
from payment_analysis.lakehouse.partials.store import PartialStore
from payment_analysis.lakehouse.query import ROWS_MAX, SECONDS_MAX, SHARED, Query
from payment_analysis.lakehouse.reader import Reader
from payment_analysis.lakehouse.recovery import repair
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.scope import looked_through, narrowed, over_shared, scoped
from payment_analysis.lakehouse.seeds import SEEDS
from payment_analysis.lakehouse.stream.intake import AS_MEASURED, Pace
from payment_analysis.lakehouse.stream.stream import Stream
from payment_analysis.lakehouse.table import load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from payment_analysis.domain.errors import PaymentAnalysisError
    from payment_analysis.domain.scope import Scope
    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.freshness import Freshness
    from payment_analysis.lakehouse.halt import Halt
    from payment_analysis.lakehouse.maintenance import Maintained
    from payment_analysis.lakehouse.partials.refresh import Refreshed
    from payment_analysis.lakehouse.query import QueryResult
    from payment_analysis.lakehouse.recovery import Repaired
    from payment_analysis.lakehouse.report import BuildReport, Progress
    from payment_analysis.lakehouse.seeds import Seeds
    from payment_analysis.lakehouse.table import Source, Table


class Lakehouse:
    """Landing, quarantine, the build and SQL over one folder; several processes may use the folder at once."""

    def __init__(
        self,
        home: Path,
        *,
        tables: Mapping[str, Table] | None = None,
        sources: Mapping[str, Source] | None = None,
        seeds: Seeds | None = None,
    ) -> None:
        self.folder = home
        self._scratch = home / "scratch"
        self._store = DeltaStore(home / "tables")
        self._tables = load_tables() if tables is None else tables
        self._sources = load_sources() if sources is None else sources
        self._seeds = SEEDS if seeds is None else seeds
        self._well: dict[str, int] = {}  # versions of tables that need no maintenance
        self._partials = PartialStore(home / "partials")
        partials = PartialReader(self._partials, self._tables)
        self._query = Query(Reader(self._store, self._scratch, self._tables, self._sources, partials))
        landing, quarantine = self._sources[LANDING], self._sources[QUARANTINE]
        self.landing = Landing(
            self._store, LANDING, columns_of(landing), key="_event_key", time="event_timestamp", scratch=self._scratch
        )
        self.quarantine = Landing(
            self._store, QUARANTINE, columns_of(quarantine), key="quarantine_id", scratch=self._scratch
        )

    def build(
        self,
        *,
        full_refresh: bool = False,
        check_views: bool = False,
        reporting_currency: str | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> BuildReport:
        """Bring bronze and silver up to date with landing; nothing new costs next to nothing.

        `full_refresh` recomputes silver from bronze. `check_views` evaluates every gold view and its checks: seconds
        per million attempts, and nothing is stored, so it is for the doubtful and not for each build. The reporting
        currency stays that of the last build unless given;
        the first build takes the one most attempts are made in.
        """
        build = Build(self._store, self._scratch, self._tables, self._sources, self._seeds)
        report = build.run(
            full_refresh=full_refresh,
            check_views=check_views,
            now=datetime.now(UTC),
            reporting_currency=reporting_currency,
            progress=progress,
        )
        if report.changed:
            self.maintain()
        return report

    def stream(self, pace: Pace = AS_MEASURED) -> Stream:
        """The continuous build, a micro-batch at a time; use it in a `with`."""
        parts = (self._store, self._scratch, self._tables, self._sources, self._seeds)
        return Stream(*parts, now=lambda: datetime.now(UTC), pace=pace)

    def query(self, sql: str, limit: int = ROWS_MAX, *, seconds: float = SECONDS_MAX) -> QueryResult:
        """Answer SQL from outside: one read-only statement in the Databricks dialect, guarded and bounded."""
        return self._query.outside(sql, limit=limit, seconds=seconds)

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """Answer SQL of our own, in the Databricks dialect, with `:name` parameters; every row, columns by name."""
        return self._query.inside(sql, parameters)

    def table(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Answer SQL of our own in Arrow."""
        return self._query.table(sql, parameters)

    def version(self, name: str) -> int | None:
        """The newest version of a table; none when it is not built."""
        return self._store.version(name)

    def files(self, name: str) -> tuple[DataFile, ...]:
        """The data files of a table as it is now."""
        return self._store.snapshot(name).files

    def table_of_files(self, sql: str, name: str, paths: Iterable[Path]) -> pa.Table:
        """Answer SQL of our own in Arrow as if a table held only some of its files."""
        return self._query.table_of_files(sql, name, paths)

    def staged(
        self, question: str, scope: Scope, questions: Mapping[str, str], *, limit: int = ROWS_MAX
    ) -> dict[str, QueryResult | PaymentAnalysisError]:
        """Compute a question of our own once over what is in scope, and answer others about it, called `dataset`."""
        return self._query.staged(narrowed(question, scope), questions, limit=limit)

    def shared(self, datasets: Mapping[str, str], scope: Scope) -> dict[str, tuple[str, ...]]:
        """The views that several of these questions look through, worth computing once; none while rows are kept."""
        return {} if scope.is_everything and scope.range is None else looked_through(datasets)

    def staged_over(
        self, view: str, datasets: Mapping[str, tuple[str, Mapping[str, str]]], scope: Scope, *, limit: int = ROWS_MAX
    ) -> dict[str, dict[str, QueryResult | PaymentAnalysisError] | PaymentAnalysisError]:
        """Compute a view once in a scope, and the questions that look through it over its rows; see `staged`."""
        over = {
            name: (over_shared(question, view, SHARED, scope), questions)
            for name, (question, questions) in datasets.items()
        }
        return self._query.staged_over(narrowed(view, scope), over, limit=limit)

    def scoped(self, question: str, scope: Scope) -> str:
        """The SQL that answers a question over what is in scope, as a person may run it."""
        return scoped(question, scope)

    def forget_answers(self) -> None:
        """Compute again what was answered already: for who measures how long that takes."""
        self._query.forget()

    def maintain(self, *, halt: Halt | None = None) -> tuple[Maintained, ...]:
        """Compact, checkpoint and vacuum the tables that need it, until a `halt`."""
        return maintain(self._store, self._scratch, self._names(), well=self._well, halt=halt)

    def repair(self, aside: Path) -> tuple[Repaired, ...]:
        """Set damaged log entries aside and take up what they had brought; the next build makes the rest anew."""
        computed = [name for name, table in self._tables.items() if table.kind == "table"]
        return repair(self._store, (self.landing, self.quarantine), computed, aside=aside, partials=self._partials.root)

    def refresh_partials(
        self,
        *,
        rows_min: int = ROWS_MIN,
        share_max: float = CELLS_SHARE_MAX,
        held_min: int | None = None,
        threads: int | None = None,
        halt: Halt | None = None,
    ) -> tuple[Refreshed, ...]:
        """Bring the partial aggregates, which answer gold questions at any size, up to date with silver.

        Right after a build, and every few batches of a stream: until then questions add the rows that came since.
        Beside days of `held_min` rows or more what changed is added, and these are computed again another time. With
        one thread all of it is done by the thread that asks, at its priority. A `halt` interrupts it.
        """
        return refresh_partials(
            self._store,
            self._partials,
            self._scratch,
            rows_min=rows_min,
            share_max=share_max,
            held_min=held_min,
            threads=threads,
            halt=halt,
        )

    def keep_views(self, *, rows_min: int = ROWS_MIN) -> tuple[str, ...]:
        """Keep the rows of views that partial aggregates cannot hold, right after a build; says which were computed.

        They answer until a table below them moves; over fewer attempts than `rows_min` no view is slow.
        """
        with self._partials.writing() as alone:
            return keep_views(self._query, self._partials.views, self._tables, rows_min=rows_min) if alone else ()

    def freshness(self, names: Sequence[str] | None = None) -> dict[str, Freshness]:
        """Rows, version, commit time and newest event of tables that exist, by name; of all unless named."""
        return freshness(self._store, self._names() if names is None else names)

    def _names(self) -> list[str]:
        return [*self._sources, *(name for name, table in self._tables.items() if table.kind == "table")]
