"""Silver's definition over one batch after another: planned once, beside what stands in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.lakehouse.stream.arrival import continued
from payment_analysis.lakehouse.workbench import Workbench, typed

if TYPE_CHECKING:
    import pyarrow as pa

    from payment_analysis.lakehouse.stream.landed import Division
    from payment_analysis.lakehouse.stream.plans import Plans
    from payment_analysis.lakehouse.table import Table


class Following:
    """What the definition derives of rows that follow."""

    def __init__(self, bench: Workbench, plans: Plans, silver: Table, division: Division) -> None:
        """Take reference data into memory, for settlements on the bench, too; names of the plans are their own."""
        self._bench = Workbench(bench.store, plans.connection, bench.scratch, bench.tables, bench.sources)
        self._plans, self._silver, self._division = plans, silver, division
        self._views: list[tuple[str, str]] = []  # those that are worked out first, with their SELECT
        self._select = ""
        for name in sorted(bench.inputs(silver) & bench.sources.keys()):
            bench.connection.execute(f'create or replace table "held_{name}" as from "{name}"')
            bench.bind_select(name, f'from "held_{name}"')
            plans.show(name, bench.connection.sql(f'from "held_{name}"').to_arrow_table())

    def rows(self, source: str, batch: pa.Table, cards: pa.Table) -> pa.Table:
        """The columns that the engine derives of a batch of the `source`, going on from what is known of its cards."""
        plans = self._plans
        plans.show("batch", batch)
        plans.show("known_cards", cards)
        if not self._select:
            self._bench.bind_select(source, self._division.relation)
            self._select = self._planned()
        for name, select in self._views:
            plans.show(name, plans.table(select))
        return plans.table(self._select)

    def _planned(self) -> str:
        """The definition as one SELECT, while the views it reads more than once are shown as their rows."""
        for view, is_read_often in self._bench.looked_through(self._silver):
            if is_read_often:
                self._plans.show(view.name, self._plans.table(typed(view)))
                self._views.append((view.name, typed(view)))
            else:
                self._bench.bind_view(view)
        rider = self._division.rider
        real = f"from ({typed(self._silver, without=self._division.around)}) where {rider} is not null"
        return continued(self._silver, real, "known_cards", f"made.{rider} = known.row")
