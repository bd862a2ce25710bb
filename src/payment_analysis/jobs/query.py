"""One question in SQL, about all of the data or about the part that a scope names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.scope import TICK, Scope
from payment_analysis.lakehouse.scope import scoped

if TYPE_CHECKING:
    from payment_analysis.lakehouse.home import Home
    from payment_analysis.lakehouse.query import QueryResult


def ask(home: Home, sql: str, *, scope: str = "", limit: int = 1000) -> QueryResult:
    """Answer one read-only statement; `scope` is flat parameters, its presets counted back from the newest event."""
    lakehouse = home.lakehouse()
    if not scope:
        return lakehouse.query(sql, limit=limit)
    (clock,) = lakehouse.rows("select as_of from data_clock")
    return lakehouse.query(scoped(sql, Scope.from_text(scope, now=clock["as_of"] + TICK)), limit=limit)
