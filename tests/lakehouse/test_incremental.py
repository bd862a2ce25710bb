"""The law of the incremental build: whatever arrives in whatever order, silver is what a full recompute would give."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from tests.lakehouse.small import BRONZE, LATEST, PAYMENTS, at, attempt, land, plain_lakehouse

from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.table import load_tables

if TYPE_CHECKING:
    from pathlib import Path

SILVER = [name for name, table in load_tables().items() if table.layer == "silver" and table.kind == "table"]
BATCHES = 6


def random_attempt(random: Random, number: int) -> dict[str, object]:
    """An attempt of one of the three ways to form payments, on one of many cards, a few minutes from others."""
    card = random.randrange(400)
    way = random.choice(("by id", "by key", "by key", "alone"))
    result = random.choice(("approved", "declined", "declined", "pending"))
    grouping: dict[str, object] = {}
    if way == "by id":
        grouping = {"payment_id": f"p{random.randrange(500)}"}
    elif way == "by key":
        grouping = {"payment_key": f"k{random.randrange(300)}", "payment_window_seconds": 60}
    return attempt(
        f"a{number}",
        event_timestamp=at(random.randrange(0, 40) / 4),
        amount_minor=random.choice((500, 1000, 99_900)),
        currency=random.choice(("EUR", "USD", "JPY")),
        result=result,
        decline_code_raw=random.choice(("51", "05", "91", "unheard of")) if result == "declined" else None,
        card_network=random.choice(("visa", "mastercard", None)),
        merchant_id=random.choice((f"m{card % 6}", f"m{card % 6}", None)),
        card_token_id=random.choice((f"c{card}", f"c{card}", None)),
        psp=random.choice(("one", "two")),
        **grouping,
    )


def revision(random: Random, row: dict[str, object]) -> dict[str, object]:
    """A later, or earlier, state of an attempt, which may belong to another payment by now."""
    changed = {name: value for name, value in row.items() if name != "_event_key"}
    changed |= {"result": random.choice(("approved", "declined")), "updated_at": at(random.randrange(0, 60))}
    if random.random() < 0.3:
        changed |= {"payment_id": f"p{random.randrange(500)}", "payment_key": None}
    return attempt(str(changed.pop("transaction_id")), **changed)


def batch_of(random: Random, size: int, known: list[dict[str, object]]) -> list[dict[str, object]]:
    """New attempts, revisions of known ones and plain repetitions."""
    rows: list[dict[str, object]] = []
    for _ in range(size):
        kind = random.random() if known else 0.0
        if kind < 0.6:
            rows.append(random_attempt(random, len(known) + len(rows)))
        elif kind < 0.85:
            rows.append(revision(random, random.choice(known)))
        else:
            rows.append(random.choice(known))
    return rows


def content(lakehouse: Lakehouse, names: list[str]) -> dict[str, list[tuple[object, ...]]]:
    """All rows of some tables, in a stable order."""
    return {
        name: sorted((tuple(row.values()) for row in lakehouse.rows(f"select * from {name}")), key=repr)
        for name in names
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_silver_after_many_batches_is_what_a_full_recompute_gives(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    lakehouse = Lakehouse(tmp_path)
    known = batch_of(random, 600, [])
    land(lakehouse, known, "base")
    lakehouse.build()
    modes = set()

    for number in range(BATCHES):
        batch = batch_of(random, random.choice((1, 4, 12)), known)
        known += batch
        land(lakehouse, batch, f"batch {number}")
        report = lakehouse.build()
        modes |= {(name, report.table(name).mode) for name in ("payments_enriched_silver", "payments_silver")}
    built_up = content(lakehouse, SILVER)
    lakehouse.build(full_refresh=True)

    assert built_up == content(lakehouse, SILVER)
    assert {("payments_enriched_silver", "incremental"), ("payments_silver", "incremental")} <= modes


def test_only_the_groups_that_a_row_touches_are_written(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE, LATEST, PAYMENTS)
    land(lakehouse, [attempt(f"a{n}", payment_id=f"p{n // 2}", event_timestamp=at(n)) for n in range(40)], "base")
    lakehouse.build()
    land(lakehouse, [attempt("b", payment_id="p3", event_timestamp=at(6.5))], "late")

    report = lakehouse.build()

    assert (report.table("attempts_silver").mode, report.table("attempts_silver").written) == ("incremental", 2)
    assert (report.table("paid_silver").mode, report.table("paid_silver").written) == ("incremental", 1)
    found = lakehouse.rows(
        "select transaction_id, position from attempts_silver where payment_id = 'p3' order by position"
    )
    assert [row["transaction_id"] for row in found] == ["a6", "b", "a7"]


def test_a_payment_that_loses_its_last_attempt_disappears(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE, LATEST, PAYMENTS)
    land(lakehouse, [attempt(f"a{n}", payment_id=f"p{n}") for n in range(10)], "base")
    lakehouse.build()
    land(lakehouse, [attempt("a1", payment_id="p2", updated_at=at(5))], "moved")

    report = lakehouse.build()

    assert report.table("paid_silver").mode == "incremental"
    counted = lakehouse.rows("select payment_id, attempts from paid_silver where payment_id in ('p1', 'p2')")
    assert counted == [{"payment_id": "p2", "attempts": 2}]


def test_a_batch_that_touches_most_of_the_table_is_recomputed_in_full(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE, LATEST, PAYMENTS)
    land(lakehouse, [attempt(f"a{n}", payment_id="all") for n in range(10)], "base")
    lakehouse.build()
    land(lakehouse, [attempt("b", payment_id="all")], "one more")

    report = lakehouse.build()

    assert report.table("attempts_silver").mode == "full"


def test_rows_that_change_nothing_are_not_written(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE, LATEST, PAYMENTS)
    land(lakehouse, [attempt(f"a{n}", payment_id=f"p{n}", updated_at=at(9)) for n in range(10)], "base")
    lakehouse.build()
    land(lakehouse, [attempt("a1", payment_id="p1", updated_at=at(3), result="declined")], "an older state")

    report = lakehouse.build()

    assert (report.table("attempts_silver").mode, report.table("attempts_silver").written) == ("incremental", 0)
    assert not lakehouse.build().changed
