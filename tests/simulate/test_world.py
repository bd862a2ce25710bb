"""The same seed tells the same story; another tells another; a story has exactly the length asked for."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from payment_analysis.domain.errors import BadInput
from payment_analysis.simulate.parameters import COUNTRIES, SEGMENTS
from payment_analysis.simulate.world import World

if TYPE_CHECKING:
    from tests.simulate.conftest import Told

END = date(2026, 3, 1)
NOWHERE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # an instant without a time zone


def digest(world: World, attempts: int) -> str:
    hashed = hashlib.sha256()
    for batch in world.history(attempts, 10, END):
        assert batch.truth is not None
        for table in (batch.events, batch.decisions, batch.truth):
            for name in table.column_names:
                hashed.update(repr(table[name].to_pylist()).encode())
    return hashed.hexdigest()


def test_the_same_seed_gives_the_same_rows() -> None:
    assert digest(World(3, cards=2_000), 1_500) == digest(World(3, cards=2_000), 1_500)


def test_another_seed_gives_other_rows() -> None:
    assert digest(World(3, cards=2_000), 500) != digest(World(4, cards=2_000), 500)


@pytest.mark.parametrize("attempts", [1, 17, 1_000, 26_000])
def test_a_history_has_exactly_the_attempts_asked_for(attempts: int) -> None:
    batches = list(World(1, cards=3_000).history(attempts, 5, END))
    names = {name for batch in batches for name in batch.events["transaction_id"].to_pylist()}

    assert len(names) == attempts == sum(batch.attempts for batch in batches)


def test_a_history_covers_its_days(told: Told) -> None:
    days = told.events.event_timestamp.dt.date

    assert days.nunique() == 90
    assert days.max() == date(2026, 10, 31)
    assert told.attempts.groupby(told.attempts.event_timestamp.dt.date).size().min() > 300


def test_histories_of_other_length_share_people_but_no_transaction(world: World) -> None:
    one, two = (next(iter(world.history(attempts, 5, END))).events for attempts in (2_000, 3_000))
    cards = [set(table["card_token_id"].to_pylist()) for table in (one, two)]

    assert not set(one["transaction_id"].to_pylist()) & set(two["transaction_id"].to_pylist())
    assert cards[0] & cards[1]


def test_progress_ends_at_the_number_asked_for() -> None:
    seen: list[tuple[int, int]] = []
    for _ in World(1, cards=3_000).history(60_000, 5, END, truth=False, progress=lambda *at: seen.append(at)):
        pass

    assert seen[-1] == (60_000, 60_000)
    assert seen == sorted(seen)
    assert len(seen) >= 2


def test_merchants_are_a_hundred_in_eight_segments_and_risk_is_no_function_of_country(world: World) -> None:
    rows = world.merchants().to_pylist()
    tiers: dict[str, set[str]] = {row["merchant_country"]: set() for row in rows}
    for row in rows:
        tiers[row["merchant_country"]].add(row["merchant_risk_tier"])

    assert len({row["merchant_id"] for row in rows}) == 100
    assert {row["merchant_segment"] for row in rows} == {segment.name for segment in SEGMENTS}
    assert {row["merchant_country"] for row in rows} == {country.code for country in COUNTRIES}
    assert len(tiers["BR"]) == 3
    assert list(rows[0]) == [
        "merchant_id",
        "merchant_name",
        "merchant_segment",
        "merchant_country",
        "merchant_risk_tier",
        "created_at",
    ]


def test_merchants_of_events_are_those_of_the_dimension(told: Told, world: World) -> None:
    dimension = {
        row["merchant_id"]: (row["merchant_segment"], row["merchant_country"]) for row in world.merchants().to_pylist()
    }
    seen = told.attempts[["merchant_id", "merchant_segment", "merchant_country"]].drop_duplicates()

    assert {row.merchant_id: (row.merchant_segment, row.merchant_country) for row in seen.itertuples()} == {
        name: dimension[name] for name in seen.merchant_id
    }


@pytest.mark.parametrize(
    ("attempts", "days", "end"),
    [(0, 1, END), (1, 0, END), (1, 1, NOWHERE)],
)
def test_a_history_that_cannot_be_is_a_clear_error(attempts: int, days: int, end: date) -> None:
    with pytest.raises(BadInput):
        World(1, cards=10).history(attempts, days, end)


def test_an_end_may_be_an_instant() -> None:
    finish = datetime(2026, 3, 1, 13, 7, tzinfo=UTC)

    last = max(
        max(batch.events["event_timestamp"].to_pylist()) for batch in World(1, cards=500).history(500, 2, finish)
    )

    assert last < finish
    assert (finish - last).total_seconds() < 7_200
