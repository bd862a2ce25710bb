"""Additions to partial aggregates: however days grew and their rows changed, an answer is that of a full recompute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.lakehouse.partial_world import DAY, END, Told, made_world, revised
from tests.lakehouse.test_partials import RANGES, VIEWS

from payment_analysis.domain.scope import Scope

if TYPE_CHECKING:
    from datetime import date

STEPS = 4  # after the first half


def steps(events: pa.Table) -> list[pa.Table]:
    """Half of all events, and the rest little by little; each step revises a few of the first half and moves one."""
    number = np.arange(events.num_rows)
    half = events.filter(pa.array(number % 2 == 0))
    found = [half]
    for step in range(STEPS):
        fresh = events.filter(pa.array(number % (2 * STEPS) == 2 * step + 1))
        told_again = revised(half, 20 * step, 10, str(step))
        told_again[0]["event_timestamp"] -= DAY
        found.append(pa.concat_tables([fresh, pa.Table.from_pylist(told_again, schema=events.schema)]))
    return found


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A history to which rows were added four times; a fifth time a reader adds them itself."""
    folder = tmp_path_factory.mktemp("additions")
    events = made_world(folder / "made")
    grown = Told(folder / "home", events.filter(pc.equal(events["result"], "approved")).slice(0, 1))
    for number, part in enumerate(steps(events)):
        grown.land(part.to_reader(), f"part {number}")
        if number < STEPS:
            assert grown.refresh(held_min=0) > 0
            grown.compare("v_executive_kpis", Scope())
    return grown


def test_days_have_segments_beside_their_first_and_some_rows_of_it_are_gone(grown: Told) -> None:
    days: dict[date, int] = {day: len(one.parts) for day, one in grown.state().days.items()}

    assert max(days.values()) > 1
    assert any(map(grown.state().is_disturbed, days))
    assert not all(map(grown.state().is_disturbed, days))


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_over_additions_is_what_a_full_recompute_gives(grown: Told, view: str) -> None:
    grown.compare(view, Scope())


@pytest.mark.parametrize("view", ["v_executive_kpis", "v_approval_kpis", "v_retry_chains", "v_reason_codes_br"])
@pytest.mark.parametrize("scope", RANGES.values(), ids=RANGES)
def test_a_period_over_additions_is_what_a_full_recompute_gives(grown: Told, view: str, scope: Scope) -> None:
    grown.compare(view, scope)


def test_what_is_too_much_for_memory_is_read_from_the_files(grown: Told) -> None:
    grown.land_like_the_sample("too much", event_timestamp=END)
    grown.compare_without_memory("select * from v_executive_kpis")
    grown.land_like_the_sample("too much, revised", event_timestamp=END, result="declined", updated_at=END + DAY)
    for view in ("v_executive_kpis", "v_approval_kpis", "v_daily_trends"):
        grown.compare_without_memory(f"select * from {view}")


def test_when_nothing_moved_any_more_views_are_answered_with_their_marks(grown: Told) -> None:
    assert grown.refresh(held_min=0) > 0
    assert grown.refresh(held_min=0) == 0

    assert grown.reads_cells("v_reason_codes_br", Scope())
    for view in ("v_reason_codes_br", "v_executive_kpis", "v_approval_kpis", "v_retry_chains", "v_top_decline_reasons"):
        grown.compare(view, Scope())


def test_a_build_computes_days_again_of_which_rows_are_gone(grown: Told) -> None:
    grown.land_like_the_sample("one more", event_timestamp=END)
    assert any(map(grown.state().is_disturbed, grown.state().days))

    assert grown.refresh() > 1

    assert not any(map(grown.state().is_disturbed, grown.state().days))
    for view in ("v_executive_kpis", "v_reason_codes_br", "v_daily_trends"):
        grown.compare(view, Scope())
