"""The law of the stream: whatever arrives in whatever order, its tables are what a full recompute would give."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from tests.lakehouse.small import at, attempt, land

from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.stream.intake import Pace

if TYPE_CHECKING:
    from pathlib import Path

BATCHES = 8
TABLES = (
    "payments_raw_bronze",
    "payments_quarantine_bronze",
    "payments_enriched_silver",
    "payments_silver",
    "data_clock",
)


def arriving(random: Random, number: int, minute: float) -> dict[str, object]:
    """An attempt, mostly of now and sometimes of long before, of few cards and payments."""
    card = random.randrange(30)
    result = random.choice(("approved", "declined", "declined", "pending", "error"))
    late = random.random() < 0.15
    return attempt(
        f"a{number}",
        event_timestamp=at(minute - (random.randrange(1, 30) if late else 0) + number / 10_000),
        _ingested_at=at(minute + 1),
        amount_minor=random.choice((500, 1000, 99_900, -5 if random.random() < 0.05 else 7)),
        currency=random.choice(("EUR", "USD", "JPY")),
        result=result,
        decline_code_raw=random.choice(("51", "05", "unheard of")) if result == "declined" else None,
        card_network=random.choice(("visa", "mastercard", None)),
        merchant_id=random.choice((f"m{card % 3}", f"m{card % 3}", None)),
        card_token_id=random.choice((f"c{card}", f"c{card}", None)),
        psp=random.choice(("one", "two")),
        payment_id=random.choice((f"p{random.randrange(number + 3)}", f"p{number}", None)),
        is_verification=True if random.random() < 0.1 else None,
    )


def revised(random: Random, row: dict[str, object], minute: float) -> dict[str, object]:
    """A later state of an attempt, which may belong to another payment or card by now."""
    changed = {name: value for name, value in row.items() if name != "_event_key"}
    changed |= {"result": random.choice(("approved", "declined")), "updated_at": at(random.choice((minute, 0)))}
    if random.random() < 0.2:
        changed |= {"payment_id": f"p{random.randrange(40)}"}
    if random.random() < 0.2:
        changed |= {"card_token_id": f"c{random.randrange(30)}"}
    return attempt(str(changed.pop("transaction_id")), **changed)


def content(lakehouse: Lakehouse) -> dict[str, list[tuple[object, ...]]]:
    return {
        name: sorted((tuple(row.values()) for row in lakehouse.rows(f"select * from {name}")), key=repr)
        for name in TABLES
    }


def assert_equal_to_a_build(streamed: Lakehouse, recomputed: Lakehouse) -> None:
    """Build all of what landed in the second lakehouse: the first must hold the same."""
    recomputed.build(reporting_currency="EUR")
    found, wanted = content(streamed), content(recomputed)
    for name in TABLES:
        assert found[name] == wanted[name], name


@pytest.mark.parametrize("seed", range(3))
def test_a_stream_gives_what_a_full_recompute_gives(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    streamed, recomputed = Lakehouse(tmp_path / "streamed"), Lakehouse(tmp_path / "recomputed")
    known: list[dict[str, object]] = []

    streamed.build(reporting_currency="EUR")
    followed = 0
    with streamed.stream() as stream:
        for batch in range(BATCHES):
            rows = [
                revised(random, random.choice(known), batch * 5)
                if known and random.random() < 0.2
                else arriving(random, len(known) * 100 + number, batch * 5 + number / 10)
                for number in range(random.choice((3, 25)))
            ]
            known += rows
            land(streamed, rows, f"batch {batch}")
            land(recomputed, rows, f"batch {batch}")
            followed += stream.step().written
            if random.random() < 0.5:
                stream.settle(everything=True)
        stream.settle(everything=True)

    assert followed > len(known) / 3
    assert_equal_to_a_build(streamed, recomputed)


@pytest.mark.parametrize("seed", range(3))
def test_a_stream_that_is_behind_gives_what_a_full_recompute_gives(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    streamed, recomputed = Lakehouse(tmp_path / "streamed"), Lakehouse(tmp_path / "recomputed")
    known: list[dict[str, object]] = []

    streamed.build(reporting_currency="EUR")
    landed = visible = 0
    with streamed.stream(Pace(batch_rows_max=30, ahead_rows_min=1)) as stream:
        stream.step()
        for batch in range(BATCHES):
            rows = [arriving(random, 100 * batch + number, batch * 5 + number / 10) for number in range(20)]
            rows += [revised(random, random.choice(known), batch * 5) for _ in range(3) if known]
            known += rows
            land(streamed, rows, f"batch {batch}")
            land(recomputed, rows, f"batch {batch}")
        while (step := stream.step()).landed:
            landed, visible = landed + step.landed, visible + step.written
            if random.random() < 0.3:
                stream.settle(everything=True)
        stream.settle(everything=True)

    assert landed >= 20 * BATCHES
    assert visible > len(known) / 4
    assert_equal_to_a_build(streamed, recomputed)


def test_a_stream_is_behind_while_more_waits_than_one_batch(tmp_path: Path) -> None:
    lakehouse = Lakehouse(tmp_path)
    lakehouse.build(reporting_currency="EUR")
    with lakehouse.stream(Pace(batch_rows_max=1, ahead_rows_min=1)) as stream:
        stream.step()
        for number in range(3):
            land(lakehouse, [attempt(f"a{number}", event_timestamp=at(number))], f"batch {number}")

        told = [(stream.step().landed, stream.is_behind) for _ in range(4)]

        stream.settle(everything=True)
    assert told == [(1, True), (1, True), (1, False), (0, False)]
