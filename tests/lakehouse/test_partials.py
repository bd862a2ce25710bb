"""Partial aggregates: whatever is asked of gold, at whatever moment, the answer is that of a full recompute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.lakehouse.partial_groups import MOVEMENT, QUESTIONS, UNGROUPED
from tests.lakehouse.scope_world import GOLD, plain

from payment_analysis.domain.scope import MISSING, TICK, Dimension, Scope
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.kept_answers import depends_on_the_moment
from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.partials.kept_views import VIEWS as VIEWS_KEPT
from payment_analysis.lakehouse.partials.reading import PartialReader
from payment_analysis.lakehouse.partials.store import PartialStore
from payment_analysis.lakehouse.query import Query, QueryResult
from payment_analysis.lakehouse.reader import Reader
from payment_analysis.lakehouse.scope import bound
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
UNDIVIDED = ("v_false_insights_metric", "v_uc_data_quality_metrics")
VIEWS = [name for name in GOLD if name not in UNDIVIDED]
VALUES = {  # of every dimension, in attempts
    Dimension.NETWORK: "card_network",
    Dimension.COUNTRY: "coalesce(issuer_country, geo_country)",
    Dimension.SEGMENT: "merchant_segment",
    Dimension.SOLUTION: "payment_solution",
    Dimension.ENTRY_SYSTEM: "entry_system",
    Dimension.MERCHANT: "merchant_id",
    Dimension.PSP: "psp",
    Dimension.CURRENCY: "currency",
}
RANGES = {
    "range": Scope(start=END - 12 * DAY, end=END + TICK),
    "period before": Scope(start=END - 24 * DAY, end=END - 12 * DAY),
}
# Views that look at rows one by one or only at the last hours: they are quick from silver, or from the copied rows.
WITHOUT_CELLS = {
    "online_features",
    "v_online_features_latest",
    "v_retry_compliance",
    "v_streaming_ingestion_by_second",
    "v_streaming_ingestion_hourly",
    "v_streaming_volume_per_second",
    "v_transaction_summaries_for_search",
    "v_dedup_collision_stats",
}


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
        sql = f"select {VALUES[dimension]} as value from {ATTEMPTS_TABLE} group by 1 order by count(*) desc limit 2"
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


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A simulated history that came in three parts: a quarter was late and some of it was revised, each time refreshed."""
    folder = tmp_path_factory.mktemp("partials")
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


@pytest.mark.parametrize("view", GOLD)
def test_a_view_is_what_a_full_recompute_gives(told: Told, view: str) -> None:
    told.compare(view, Scope())

    assert told.reads_cells(view, Scope()) or view in WITHOUT_CELLS or view in UNDIVIDED


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("dimension", Dimension)
def test_a_filtered_view_is_what_a_full_recompute_gives(told: Told, view: str, dimension: Dimension) -> None:
    told.compare(view, told.values(dimension))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scope", RANGES.values(), ids=RANGES)
def test_a_view_of_a_period_is_what_a_full_recompute_gives(told: Told, view: str, scope: Scope) -> None:
    told.compare(view, scope)


def test_until_they_are_refreshed_the_rows_that_came_since_are_added(told: Told) -> None:
    (newest,) = told.lakehouse.rows(f"select max(transaction_id) as id from {ATTEMPTS_TABLE}")
    told.land_like_the_sample("since", event_timestamp=END + DAY / 2)

    for view in (
        "v_executive_kpis",
        "v_approval_kpis",
        "v_card_network_performance",
        "v_reason_codes_br",
        "v_retry_chains",
    ):
        told.compare(view, Scope())
    assert newest["id"] != "came since"
    assert told.reads_cells("v_approval_kpis", Scope())
    assert not told.reads_cells("v_reason_codes_br", Scope())  # what other entry systems saw of it is not known of it

    assert told.refresh() == 1
    assert told.refresh() == 0


def test_a_revised_attempt_makes_its_day_anew_and_no_other(told: Told) -> None:
    told.land_like_the_sample("revised", event_timestamp=END + DAY / 2, result="declined", updated_at=END + DAY)

    for view in ("v_executive_kpis", "v_approval_kpis", "v_daily_trends", "v_retry_chains"):
        told.compare(view, Scope())
        told.compare(view, Scope(start=END, end=END + DAY))
    assert told.refresh() == 1


@pytest.fixture(scope="module")
def kept(told: Told) -> Told:
    """The same after a build that keeps views, asked by a process that answered nothing before."""
    told.lakehouse = Lakehouse(told.lakehouse.folder)
    assert told.lakehouse.keep_views(rows_min=0) == VIEWS_KEPT
    assert told.lakehouse.keep_views(rows_min=0) == ()
    told.lakehouse = Lakehouse(told.lakehouse.folder)
    return told


@pytest.mark.parametrize("view", VIEWS_KEPT)
@pytest.mark.parametrize("scope", ["everything", "range", Dimension.PSP, Dimension.COUNTRY])
def test_a_view_kept_as_rows_is_what_a_full_recompute_gives(kept: Told, view: str, scope: str) -> None:
    chosen = {"everything": Scope(), **RANGES}.get(scope) or kept.values(Dimension(scope))

    kept.compare(view, chosen)


def test_views_are_kept_until_a_table_below_them_moves(kept: Told) -> None:
    assert all(map(kept.is_kept, VIEWS_KEPT))

    kept.land_like_the_sample("later", event_timestamp=END + DAY, card_network="visa")

    assert not any(map(kept.is_kept, VIEWS_KEPT))
    for view in VIEWS_KEPT:
        kept.compare(view, Scope())


def test_no_view_that_is_kept_depends_on_the_moment() -> None:
    tables = load_tables()
    waiting, below = list(VIEWS_KEPT), set[str]()
    while waiting:
        name = waiting.pop()
        if name in tables and tables[name].kind == "view" and name not in below:
            below.add(name)
            waiting += tables[name].reads

    assert not [name for name in below if depends_on_the_moment(tables[name].sql)]


def test_few_attempts_are_not_worth_keeping_views(told: Told) -> None:
    assert told.lakehouse.keep_views() == ()


def test_without_partials_or_with_those_of_another_definition_silver_answers(told: Told, tmp_path: Path) -> None:
    manifest = told.lakehouse.rows("select 1 as one")

    assert manifest == [{"one": 1}]
    assert Lakehouse(tmp_path / "new").refresh_partials() == ()


def test_a_remark_before_the_steps_of_a_question_is_no_part_of_it(told: Told) -> None:
    question = f"""-- One row per provider: its attempts above the usual amount.
    with attempts as (select * from {ATTEMPTS_TABLE} where is_sale),
    usual as (select percentile_disc(0.5) within group (order by reporting_amount) as amount
        from attempts where is_authorization and is_first_attempt)
    select a.psp, count(*) as attempts from attempts as a cross join usual as u
    where a.reporting_amount > u.amount group by a.psp order by a.psp"""

    assert told.reads_cells(question, Scope())
    assert plain(told.lakehouse.rows(question)) == plain(told.recomputed(question))


@pytest.mark.parametrize("scope", ["everything", Dimension.NETWORK, Dimension.COUNTRY])
@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_over_groups_is_what_a_full_recompute_gives(told: Told, question: str, scope: str) -> None:
    within = Scope() if scope == "everything" else told.values(Dimension(scope))

    assert told.groups_rows(question, within) == (question not in UNGROUPED)
    told.compare(question, within)


def test_a_question_with_several_groupings_is_answered_by_cells(told: Told) -> None:
    within = told.values(Dimension.NETWORK)

    assert '"payments"' in told.sql(MOVEMENT, within)
    told.compare(MOVEMENT, within)
    told.compare(MOVEMENT, Scope())
