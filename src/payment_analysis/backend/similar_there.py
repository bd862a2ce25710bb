"""Similar payments on Databricks: the workspace's search index, asked with the summary of an attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from payment_analysis.agents.similar.search import Similar
from payment_analysis.agents.similar.source import SUMMARIES
from payment_analysis.domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.backend.forwarded import Workspaces

SUMMARY: Final = f"select summary_text from {SUMMARIES} where transaction_id = :transaction_id"


class Rows(Protocol):
    """Whoever answers SQL."""

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]: ...


class SimilarThere:
    """Asks as the person who asks."""

    def __init__(self, workspaces: Workspaces, warehouse: Rows) -> None:
        self._workspaces = workspaces
        self._warehouse = warehouse

    def like_attempt(self, transaction_id: str, limit: int) -> Similar:
        known = self._warehouse.rows(SUMMARY, {"transaction_id": transaction_id})
        if not known:
            raise NotFound(
                f"there is no attempt {transaction_id[:100]} of the last thirty days", hint="give the id of an attempt"
            )
        found = self.like_text(known[0]["summary_text"], limit + 1)
        rows = [row for row in found.rows if row["transaction_id"] != transaction_id][:limit]
        return Similar(rows)

    def like_text(self, text: str, limit: int) -> Similar:
        found = self._workspaces.current().search.similar(text, limit)
        return Similar([{**row, "similarity": row["score"]} for row in found])
