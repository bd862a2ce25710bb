"""The seam to the lakehouse: something that computes a dataset once within a scope and answers questions about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payment_analysis.domain.errors import PaymentAnalysisError
    from payment_analysis.domain.scope import Scope

DATASET: Final = "dataset"  # the name by which questions call what was computed


class Answer(Protocol):
    """Columns with their types in Databricks words, and rows; truncated when there were more."""

    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def types(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Sequence[tuple[Any, ...]]: ...
    @property
    def truncated(self) -> bool: ...


class Warehouse(Protocol):
    """Answers Databricks SQL with the scope below every view."""

    def staged(
        self, dataset: str, scope: Scope, questions: Mapping[str, str], *, limit: int
    ) -> Mapping[str, Answer | PaymentAnalysisError]:
        """Compute a dataset once and answer each question about `dataset`; a question that fails has its error."""
        ...

    def shared(self, datasets: Mapping[str, str], scope: Scope) -> Mapping[str, Sequence[str]]:
        """The views that several of these datasets, given as SQL by name, look through: worth computing once."""
        ...

    def staged_over(
        self, view: str, datasets: Mapping[str, tuple[str, Mapping[str, str]]], scope: Scope, *, limit: int
    ) -> Mapping[str, Mapping[str, Answer | PaymentAnalysisError] | PaymentAnalysisError]:
        """Compute a shared view once, then each dataset with its questions; a dataset that fails is its error."""
        ...

    def scoped(self, sql: str, scope: Scope) -> str:
        """The SQL with the scope in it, as a person may run it."""
        ...
