"""The lakehouse behind a SQL warehouse: the same questions, with the scope below the same views, answered elsewhere."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from payment_analysis.domain.errors import NotBuilt, PaymentAnalysisError
from payment_analysis.lakehouse.freshness import Freshness
from payment_analysis.lakehouse.guard import admit
from payment_analysis.lakehouse.query import ROWS_MAX, SECONDS_MAX, QueryResult
from payment_analysis.lakehouse.scope import bound, scoped
from payment_analysis.lakehouse.table import load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payment_analysis.domain.scope import Scope

# Tables that carry the instant of their rows; the others tell only how many they have.
_TIMED: Final = ("payments_enriched_silver", "payments_silver")
_FRESH: Final = {
    "payments_enriched_silver": "max(event_timestamp) as latest, unix_micros(max(_processed_at)) as micros",
    "payments_silver": "max(last_attempt_at) as latest, unix_micros(max(last_attempt_at)) as micros",
}

_UNTIMED: Final = "cast(null as timestamp) as latest, cast(null as bigint) as micros"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Answer(Protocol):
    """Columns, their types in Databricks words, and rows."""

    @property
    def columns(self) -> list[str]: ...
    @property
    def types(self) -> list[str]: ...
    @property
    def rows(self) -> list[tuple[Any, ...]]: ...


class Statements(Protocol):
    """Runs one statement with named parameters."""

    def run(self, sql: str, parameters: Mapping[str, object] | None = None) -> Answer: ...


class RemoteLakehouse:
    """Every question of the application, as statements."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """Answer SQL of our own; every row, columns by name."""
        answer = self._statements.run(sql, parameters)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]

    def query(self, sql: str, limit: int = ROWS_MAX, *, seconds: float = SECONDS_MAX) -> QueryResult:
        """Answer SQL from outside, once the guard has let it in; the warehouse has its own limit of time."""
        del seconds
        admit(sql, [*load_sources(), *load_tables()], rows_max=limit)
        return self._answered(f"select * from (\n{sql.strip().removesuffix(';')}\n) limit {limit + 1}", {}, limit)

    def staged(
        self, question: str, scope: Scope, questions: Mapping[str, str], *, limit: int = ROWS_MAX
    ) -> dict[str, QueryResult | PaymentAnalysisError]:
        """Answer questions about a dataset within a scope; the warehouse keeps what it computed for the next one."""
        sql, parameters = bound(question, scope)
        answers: dict[str, QueryResult | PaymentAnalysisError] = {}
        for name, asked in questions.items():
            try:
                answers[name] = self._answered(f"with dataset as (\n{sql}\n)\n{asked}", parameters, limit)
            except PaymentAnalysisError as error:
                answers[name] = error
        return answers

    def shared(self, datasets: Mapping[str, str], scope: Scope) -> dict[str, tuple[str, ...]]:
        """No view is computed apart: the warehouse keeps what it computed for the next statement."""
        del datasets, scope
        return {}

    def staged_over(
        self, view: str, datasets: Mapping[str, tuple[str, Mapping[str, str]]], scope: Scope, *, limit: int = ROWS_MAX
    ) -> dict[str, dict[str, QueryResult | PaymentAnalysisError] | PaymentAnalysisError]:
        """Answer questions about several datasets, each as in `staged`."""
        del view
        return {name: self.staged(sql, scope, asked, limit=limit) for name, (sql, asked) in datasets.items()}

    def scoped(self, question: str, scope: Scope) -> str:
        """The SQL that answers a question over what is in scope, as a person may run it."""
        return scoped(question, scope)

    def freshness(self, names: Sequence[str] | None = None) -> dict[str, Freshness]:
        """Rows, newest event and last change of the tables that answers stand on; one that is missing is left out."""
        found: dict[str, Freshness] = {}
        for name in names or _TIMED:
            try:
                (row,) = self.rows(f"select count(*) as held, {_FRESH.get(name, _UNTIMED)} from {name}")
            except NotBuilt:
                continue
            micros = int(row["micros"] or 0)
            changed = EPOCH + timedelta(microseconds=micros)
            found[name] = Freshness(name, int(row["held"]), micros, changed, row["latest"])
        return found

    def _answered(self, sql: str, parameters: Mapping[str, object], limit: int) -> QueryResult:
        started = time.perf_counter()
        answer = self._statements.run(sql, parameters)
        rows = answer.rows
        return QueryResult(answer.columns, answer.types, rows[:limit], len(rows) > limit, time.perf_counter() - started)
