"""A simulated history with partial aggregates, and the same tables asked without them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from tests.lakehouse.scope_world import plain

from payment_analysis.domain.scope import MISSING, Dimension, Scope
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.partials.reading import PartialReader
from payment_analysis.lakehouse.partials.store import PartialStore
from payment_analysis.lakehouse.query import Query, QueryResult
from payment_analysis.lakehouse.reader import Reader
from payment_analysis.lakehouse.scope import bound
from payment_analysis.lakehouse.scope_bases import value_of
from payment_analysis.lakehouse.table import load_sources, load_tables
from payment_analysis.simulate.world import World
from payment_analysis.simulate.writing import write_history

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.partials.store import State

END = datetime(2026, 3, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ATTEMPTS_TABLE = "payments_enriched_silver"
ONE_VALUE = (Dimension.COUNTRY, Dimension.CURRENCY)
ATTEMPTS, DAYS, CARDS = 1500, 40, 300
ROWS_MAX = 1_000_000


class Told:
    """A lakehouse with partial aggregates, and the same tables asked without."""

    def __init__(self, home: Path, sample: pa.Table) -> None:
        self._sample = sample
        self.lakehouse = Lakehouse(home)
        tables, sources = load_tables(), load_sources()
        self._partials = PartialStore(home / "partials")
        store, scratch = DeltaStore(home / "tables"), home / "scratch"
        partials = PartialReader(self._partials, tables)
        self._with = Reader(store, scratch, tables, sources, partials)
        self._without = Query(Reader(store, scratch, tables, sources))
        self._forgetful = Query(Reader(store, scratch, tables, sources, partials, tail_rows_max=0))

    def land(self, rows: Any, name: str) -> None:
        self.lakehouse.landing.append(rows, batch_id=name)
        self.lakehouse.build()

    def land_like_the_sample(self, name: str, **known: object) -> None:
        """One more event, an approved attempt but for what is said."""
        known |= {"_event_key": name, "_ingested_at": END + DAY}
        row = {**self._sample.to_pylist()[0], "transaction_id": "came since", "payment_id": None, **known}
        self.land(pa.Table.from_pylist([row], schema=self._sample.schema).to_reader(), name)

    def refresh(self, *, held_min: int | None = None) -> int:
        """Refresh, and say how many days of attempts were computed."""
        done = self.lakehouse.refresh_partials(rows_min=0, share_max=1.0, held_min=held_min)
        return sum(one.days for one in done if one.base == ATTEMPTS_TABLE)

    def values(self, dimension: Dimension) -> Scope:
        """A scope of the two most frequent values of a dimension, or of the missing one and one more."""
        sql = f"select {value_of(dimension)} as value from {ATTEMPTS_TABLE} group by 1 order by count(*) desc limit 2"
        values = tuple(row["value"] or MISSING for row in self._without.inside(sql))
        return Scope.from_parameters({dimension: ",".join(values[:1] if dimension in ONE_VALUE else values)}, now=END)

    def compare(self, question: str, scope: Scope) -> None:
        sql, parameters = bound(question, scope)
        expected = self._without.inside(sql, parameters)

        assert plain(self.lakehouse.rows(sql, parameters)) == plain(expected)
        if scope.filters:  # as pages ask, whose filters are left to a function
            found = self.lakehouse.staged(question, scope, {"all": "select * from dataset"}, limit=ROWS_MAX)["all"]
            assert isinstance(found, QueryResult), found
            assert plain(dict(zip(found.columns, row, strict=True)) for row in found.rows) == plain(expected)

    def compare_without_memory(self, question: str) -> None:
        """What a reader says that keeps none of the rows that came."""
        assert plain(self._forgetful.inside(question)) == plain(self._without.inside(question))

    def recomputed(self, question: str) -> list[dict[str, Any]]:
        """The answer as it is asked, from the tables alone."""
        return self._without.inside(question)

    def is_kept(self, view: str) -> bool:
        return self._with.is_kept(view)

    def state(self) -> State:
        """The partial aggregates of attempts."""
        return self._partials.manifest().states[ATTEMPTS_TABLE]

    def groups_rows(self, question: str, scope: Scope) -> bool:
        """Whether rows are grouped within their segments."""
        return "group by all" in self.sql(question, scope)

    def reads_cells(self, question: str, scope: Scope) -> bool:
        return "segment_" in self.sql(question, scope)

    def sql(self, question: str, scope: Scope) -> str:
        """What is asked of the engine."""
        return self._with.prepared(*bound(question, scope)).sql


def made_world(folder: Path) -> pa.Table:
    """The events of a simulated history."""
    world = World(7, cards=CARDS)
    written = write_history(world, world.history(ATTEMPTS, DAYS, END), folder)
    return pa.concat_tables([pq.read_table(path) for path in written.events])


def told_in_parts(folder: Path) -> Told:
    """A simulated history that came in three parts: a quarter was late and some of it was revised, each time refreshed."""
    events = made_world(folder / "made")
    told = Told(folder / "home", events.filter(pc.equal(events["result"], "approved")).slice(0, 1))
    for number, part in enumerate(parts(events)):
        told.land(part.to_reader(), f"part {number}")
        assert told.refresh() > 0
    return told


def parts(events: pa.Table) -> list[pa.Table]:
    """Three parts of all events; the last holds other outcomes of attempts of the first as well."""
    number = np.arange(events.num_rows)
    masks = [number % 4 != 0, number % 8 == 4, number % 8 == 0]
    first, second, third = (events.filter(pa.array(mask)) for mask in masks)
    later = pa.Table.from_pylist(revised(first, 0, 40, "revised-"), schema=events.schema)
    return [first, second, pa.concat_tables([third, later])]


def revised(events: pa.Table, start: int, count: int, prefix: str) -> list[dict[str, Any]]:
    """Some approved attempts as they are told again: declined after all."""
    rows: list[dict[str, Any]] = events.filter(pc.equal(events["result"], "approved")).slice(start, count).to_pylist()
    for row in rows:
        row |= {
            "result": "declined",
            "decline_code_raw": "51",
            "updated_at": END,
            "_event_key": f"{prefix}{row['_event_key']}",
        }
    return rows
