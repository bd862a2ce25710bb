"""Keeping the rows of views: each is asked as anybody would ask, and written down with what it was read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow.parquet as pq

from payment_analysis.lakehouse.partials.kept_views import ROWS_MAX, VIEWS, KeptView, definition_of_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.lakehouse.partials.kept_views import ViewStore
    from payment_analysis.lakehouse.query import Query
    from payment_analysis.lakehouse.table import Table

ATTEMPTS: Final = "payments_enriched_silver"


def keep_views(query: Query, store: ViewStore, tables: Mapping[str, Table], *, rows_min: int) -> tuple[str, ...]:
    """Compute every view whose rows are not kept as they are now; says which."""
    (counted,) = query.inside(f"select count(*) as attempts from {ATTEMPTS}")
    if counted["attempts"] < rows_min:
        return ()
    done = []
    for view in (name for name in VIEWS if name in tables):
        if query.is_kept(view):
            continue
        rows, generations = query.with_position(view)
        if rows.num_rows <= ROWS_MAX:
            file = store.new_file(view)
            pq.write_table(rows, file, compression="zstd", compression_level=1)
            store.keep(view, KeptView(file.name, definition_of_view(view, tables), generations))
            done.append(view)
    store.tidy()
    return tuple(done)
