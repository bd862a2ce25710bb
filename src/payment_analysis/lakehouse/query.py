"""Questions in SQL: our own, trusted, and those from outside, guarded and bounded in rows, time and memory."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import duckdb

from payment_analysis.domain.errors import BadQuery, NotBuilt, PaymentAnalysisError, Unavailable
from payment_analysis.lakehouse.data_file import rows_of
from payment_analysis.lakehouse.guard import Describe, Select, Show, admit
from payment_analysis.lakehouse.kept_answers import ROWS_MAX as KEPT_ROWS_MAX
from payment_analysis.lakehouse.kept_answers import KeptAnswers, depends_on_the_moment
from payment_analysis.lakehouse.partials.plans import planned
from payment_analysis.lakehouse.schema import columns_of, type_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.reader import Reader
    from payment_analysis.lakehouse.scope import Narrowed

T = TypeVar("T")

ROWS_MAX: Final = 1000
SECONDS_MAX: Final = 30.0
STAGED: Final = "dataset"
SHARED: Final = "shared"

Answers = dict[str, "QueryResult | PaymentAnalysisError"]


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Columns, their types in Databricks words, and rows; `truncated` when the row limit cut some off."""

    columns: list[str]
    types: list[str]
    rows: list[tuple[Any, ...]]
    truncated: bool
    seconds: float


class Query:
    """Asks one reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._rows: KeptAnswers[tuple[list[str], list[tuple[Any, ...]]]] = KeptAnswers()
        self._staged: KeptAnswers[Any] = KeptAnswers()

    def forget(self) -> None:
        """Keep no answer."""
        self._rows, self._staged = KeptAnswers(), KeptAnswers()

    def inside(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """Every row of a trusted question, columns by name."""
        asked, versions = (sql, *(parameters or {}).items()), self._reader.versions(sql)
        kept = self._rows.find(asked, versions)
        if kept is None:
            prepared = self._reader.prepared(sql, parameters)
            try:
                prepared.cursor.execute(prepared.sql, prepared.parameters)
                kept = ([column[0] for column in prepared.cursor.description or ()], prepared.cursor.fetchall())
            except duckdb.Error as error:
                raise _named(error) from error
            finally:
                prepared.cursor.close()
            if len(kept[1]) <= KEPT_ROWS_MAX and not depends_on_the_moment(sql):
                self._rows.keep(asked, {name: prepared.versions[name] for name in versions}, kept)
        columns, rows = kept
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def table(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """The answer to a trusted question in Arrow: for hundreds of thousands of rows."""
        prepared = self._reader.prepared(sql, parameters)
        try:
            return prepared.cursor.sql(prepared.sql, params=prepared.parameters).to_arrow_table()
        except duckdb.Error as error:
            raise _named(error) from error

    def is_kept(self, view: str) -> bool:
        """Whether the rows kept of a view are what it says now."""
        return self._reader.is_kept(view)

    def with_position(self, view: str) -> tuple[pa.Table, dict[str, int]]:
        """The rows of a view and the generations of the tables it read."""
        prepared = self._reader.prepared(f"select * from {view}", None)
        rows = prepared.cursor.sql(prepared.sql, params=prepared.parameters).to_arrow_table()
        return rows, self._reader.position(prepared, view)

    def table_of_files(self, sql: str, name: str, paths: Iterable[Path]) -> pa.Table:
        """The answer to a trusted question over tables, as if one of them held only some of its files."""
        plan = planned(sql, ())
        cursor = self._reader.cursor(sorted(plan.tables & set(self._reader.names)))
        try:
            cursor.execute(
                f'create temp view "{name}" as {rows_of(paths, columns_of(self._reader.defined(name)))}'
            )  # a temporary name counts before the kept one, on this cursor alone
            return cursor.sql(plan.sql).to_arrow_table()
        except duckdb.Error as error:
            raise _named(error) from error
        finally:
            cursor.close()

    def outside(self, sql: str, *, limit: int, seconds: float) -> QueryResult:
        """The answer to a question from outside."""
        started = time.perf_counter()
        admitted = admit(sql, self._reader.names, rows_max=limit)
        if isinstance(admitted, Show):
            result = self._show(admitted)
        elif isinstance(admitted, Describe):
            result = self._describe(admitted)
        else:
            result = self._select(admitted, limit, seconds)
        columns, types, rows = result
        return QueryResult(columns, types, rows[:limit], len(rows) > limit, time.perf_counter() - started)

    def staged(self, sql: Narrowed, questions: Mapping[str, str], *, limit: int) -> Answers:
        """Compute a trusted question once, and answer others about its rows, which they call `dataset`.

        A question that fails has its error for an answer; when the first one fails, that is an error of all.
        """

        def answers(cursor: DuckDBPyConnection) -> Answers:
            return {name: _answered(cursor, question, limit) for name, question in questions.items()}

        return self._once(sql, STAGED, tuple(questions.items()), limit, answers)

    def staged_over(
        self, sql: Narrowed, datasets: Mapping[str, tuple[str, Mapping[str, str]]], *, limit: int
    ) -> dict[str, Answers | PaymentAnalysisError]:
        """Compute once what several questions read, called `shared`; then each of these, and answer others about it.

        Each has a name, its SQL, and what is asked about its rows as in `staged`; one that fails is its own error.
        """

        def answers(cursor: DuckDBPyConnection) -> dict[str, Answers | PaymentAnalysisError]:
            found: dict[str, Answers | PaymentAnalysisError] = {}
            for name, (dataset, questions) in datasets.items():
                try:
                    cursor.execute(f"create or replace temp table {STAGED} as {planned(dataset, ()).sql}")
                except duckdb.Error as error:
                    found[name] = _named(error)
                else:
                    found[name] = {one: _answered(cursor, question, limit) for one, question in questions.items()}
            return found

        asked = tuple((name, text, *questions.items()) for name, (text, questions) in datasets.items())
        return self._once(sql, SHARED, asked, limit, answers)

    def _once(
        self, sql: Narrowed, table: str, asked: tuple[Any, ...], limit: int, answers: Callable[[DuckDBPyConnection], T]
    ) -> T:
        """The answers over the rows of a question, which stand in a table of this name; kept while tables stand."""
        key, versions = (sql.sql, limit, sql.says, *sql.parameters.items(), *asked), self._reader.versions(sql.sql)
        kept: T | None = self._staged.find(key, versions)
        if kept is None:
            prepared = self._reader.prepared(sql.sql, sql.parameters, in_scope=sql.says)
            cursor = prepared.cursor
            try:
                cursor.execute(f"create temp table {table} as {prepared.sql}", prepared.parameters)
                cursor.commit()  # a question that fails would end the others with it
                kept = answers(cursor)
            except duckdb.Error as error:
                raise _named(error) from error
            finally:
                cursor.close()
            if limit <= KEPT_ROWS_MAX and not depends_on_the_moment(f"{sql.sql} {asked}"):
                self._staged.keep(key, {name: prepared.versions[name] for name in versions}, kept)
        return kept

    def _select(self, admitted: Select, limit: int, seconds: float) -> tuple[list[str], list[str], list[Any]]:
        cursor = self._reader.cursor(admitted.names)
        alarm = threading.Timer(seconds, cursor.interrupt)
        alarm.daemon = True
        alarm.start()
        try:
            cursor.execute(admitted.sql)
            described = cursor.description or []
            rows = cursor.fetchmany(limit + 1)
            cursor.close()
        except duckdb.InterruptException as error:
            raise BadQuery(
                f"the query took longer than {seconds:g} s", hint="ask for a shorter period or fewer columns"
            ) from error
        except duckdb.Error as error:
            raise _named(error) from error
        finally:
            alarm.cancel()
        return [column[0] for column in described], [type_word(str(column[1])) for column in described], rows

    def _show(self, show: Show) -> tuple[list[str], list[str], list[Any]]:
        built = [name for name in self._reader.names if self._reader.is_built(name)]
        if not built:
            raise NotBuilt("no table is built yet", hint="run `payment-analysis build`")
        wanted = (name for name in sorted(built) if show.kind == "tables" or self._reader.is_view(name))
        rows = [(show.schema, name, False) for name in wanted if show.matches(name)]
        columns = ["database", "tableName"] if show.kind == "tables" else ["namespace", "viewName"]
        return [*columns, "isTemporary"], ["string", "string", "boolean"], rows

    def _describe(self, describe: Describe) -> tuple[list[str], list[str], list[Any]]:
        columns = self._reader.defined(describe.name).columns
        rows = [(name, column.type, column.meaning) for name, column in columns.items()]
        return ["col_name", "data_type", "comment"], ["string"] * 3, rows


def _answered(cursor: DuckDBPyConnection, question: str, limit: int) -> QueryResult | PaymentAnalysisError:
    """The answer to a trusted question about what is staged on the cursor, or why there is none."""
    started = time.perf_counter()
    try:
        cursor.execute(planned(question, ()).sql)
        described = cursor.description or []
        rows = cursor.fetchmany(limit + 1)
    except duckdb.Error as error:
        return _named(error)
    except PaymentAnalysisError as error:
        return error
    columns, types = [column[0] for column in described], [type_word(str(column[1])) for column in described]
    return QueryResult(columns, types, rows[:limit], len(rows) > limit, time.perf_counter() - started)


def _named(error: duckdb.Error) -> PaymentAnalysisError:
    """An error of the engine as one of ours: what is the asker's, and what is not."""
    message = str(error).split("\n\n", 1)[0].replace("\n", " ")
    if isinstance(error, duckdb.OutOfMemoryException):
        return BadQuery("the query needs more memory than it may use", hint="ask for a shorter period or fewer columns")
    if isinstance(error, duckdb.IOException):
        return Unavailable(f"a file of the lakehouse cannot be read: {message}", hint="run `payment-analysis doctor`")
    return BadQuery(message, hint="DESCRIBE a table to see its columns")
