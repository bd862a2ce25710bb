"""Partial aggregates: whatever is asked of gold, at whatever moment, the answer is that of a full recompute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.lakehouse.partial_world import (
    ATTEMPTS_TABLE,
    DAY,
    END,
    Told,
    told_in_parts,
)
from tests.lakehouse.scope_world import GOLD, plain

from payment_analysis.domain.scope import TICK, Dimension, Scope
from payment_analysis.lakehouse.kept_answers import depends_on_the_moment
from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.partials.kept_views import VIEWS as VIEWS_KEPT
from payment_analysis.lakehouse.table import load_tables

if TYPE_CHECKING:
    from pathlib import Path


UNDIVIDED = ("v_false_insights_metric", "v_uc_data_quality_metrics")
VIEWS = [name for name in GOLD if name not in UNDIVIDED]
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


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told_in_parts(tmp_path_factory.mktemp("partials"))


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
