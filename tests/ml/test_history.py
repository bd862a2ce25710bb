"""Features know the past and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from payment_analysis.ml.columns import FORBIDDEN, RAW
from payment_analysis.ml.history import HISTORY_NUMBERS, HISTORY_WORDS, History, known_at_ms

if TYPE_CHECKING:
    from tests.ml.conftest import Small

SECOND_US = 1_000_000
MADE = [*HISTORY_NUMBERS, *HISTORY_WORDS]


def attempts(*rows: dict[str, object]) -> pa.Table:
    usual = {"card_token_id": "c", "merchant_id": "m", "issuer": "i", "psp": "p", "payment_id": "p1", "amount": 10.0}
    blank = {
        "updated_at": None,
        "fraud_reported_at": None,
        "decline_reason_detail": None,
        "processing_time_ms": 0,
        "device_fingerprint": None,
        "ip_address": None,
    }
    instant = pa.timestamp("us", tz="UTC")
    schema = {
        "event_timestamp": instant,
        "updated_at": instant,
        "fraud_reported_at": instant,
        "is_approved": pa.bool_(),
        "amount": pa.float64(),
        "processing_time_ms": pa.int32(),
    }
    table = [usual | blank | row for row in rows]
    return pa.table({name: pa.array([row[name] for row in table], schema.get(name, pa.string())) for name in table[0]})


def asked(at_us: int) -> pa.Table:
    return attempts({"event_timestamp": at_us, "is_approved": None})


@pytest.mark.parametrize(
    ("answered_us", "asked_us", "seen"),
    [
        (0, 0, 0),  # at the same instant
        (0, 1_000, 1),  # a millisecond later
        (5 * SECOND_US, 4 * SECOND_US, 0),  # one second before it
    ],
)
def test_only_what_was_known_strictly_before_counts(answered_us: int, asked_us: int, seen: int) -> None:
    history = History.of(attempts({"event_timestamp": answered_us, "is_approved": True}))

    assert history.features(asked(asked_us))["card_attempts_24h"][0].as_py() == seen


def test_an_answer_is_known_when_it_came_not_when_it_was_asked() -> None:
    slow = attempts({"event_timestamp": 0, "is_approved": True, "processing_time_ms": 3_000})
    history = History.of(slow)

    seen = [history.features(asked(us))["card_attempts_24h"][0].as_py() for us in (2 * SECOND_US, 4 * SECOND_US)]

    assert seen == [0, 1]


def test_a_pending_attempt_is_known_when_it_is_resolved_and_a_fraud_report_changes_nothing() -> None:
    rows = attempts(
        {"event_timestamp": 0, "is_approved": True, "updated_at": 60 * SECOND_US},
        {"event_timestamp": 0, "is_approved": True, "updated_at": 90 * SECOND_US, "fraud_reported_at": 90 * SECOND_US},
        {"event_timestamp": 0, "is_approved": None},
    )

    assert known_at_ms(rows).tolist() == [60_000, 0, -1]


def test_windows_end_where_they_say() -> None:
    day = 24 * 3600 * SECOND_US
    history = History.of(attempts({"event_timestamp": 0, "is_approved": True}))

    inside, outside = (history.features(asked(us))["card_attempts_24h"][0].as_py() for us in (day, day + 1_000))

    assert (inside, outside) == (1, 0)


def test_serving_gives_the_row_that_training_gave(small: Small) -> None:
    """Replayed: at each instant only the attempts before it are in memory, and the request carries no answer."""
    rng = np.random.default_rng(3)
    at, trained = small.attempts["event_timestamp"], small_features(small).select(MADE)
    raw = [name for name in RAW if name in small.attempts.column_names]
    for place in rng.choice(small.attempts.num_rows, 40, replace=False).tolist():
        before = small.attempts.filter(pc.less(at, at[place]))

        served = History.of(before).features(small.attempts.slice(place, 1).select(raw)).select(MADE)

        assert served.equals(trained.slice(place, 1))


def small_features(small: Small) -> pa.Table:
    return small.lessons.history.features(small.attempts)


def test_history_does_not_read_the_answer_of_the_attempt_itself(small: Small) -> None:
    blind = small.attempts.drop_columns([name for name in FORBIDDEN if name in small.attempts.column_names])

    assert small.lessons.history.features(blind).select(MADE).equals(small_features(small).select(MADE))


def test_a_feature_that_peeks_one_second_ahead_is_caught(small: Small) -> None:
    """The check of the house, on a planted example: answers that come within the next second must change nothing."""
    at = small.attempts["event_timestamp"]
    later = pc.add(at, pa.scalar(SECOND_US, pa.duration("us")))
    peeking = small.attempts.set_column(
        small.attempts.schema.get_field_index("event_timestamp"), "event_timestamp", later
    )

    honest = small.lessons.history.features(small.attempts)
    planted = small.lessons.history.features(peeking)

    assert changed_by_the_future(small, honest) == 0
    assert changed_by_the_future(small, planted) > 0


def changed_by_the_future(small: Small, features: pa.Table) -> int:
    """Attempts whose card count changes when everything from their instant on is hidden."""
    at, known = (small.attempts["event_timestamp"].cast(pa.int64()).to_numpy(), known_at_ms(small.attempts) * 1_000)
    cards = small.attempts["card_token_id"].to_pylist()
    counted = features["card_attempts_30d"].to_numpy()
    by_card: dict[str, list[int]] = {}
    for place, card in enumerate(cards):
        by_card.setdefault(card, []).append(place)
    month = 30 * 24 * 3600 * SECOND_US
    wrong = 0
    for places in by_card.values():
        for place in places:
            before = [one for one in places if 0 <= known[one] < at[place] // 1_000 * 1_000]
            wrong += counted[place] > sum(known[one] >= at[place] - month - SECOND_US for one in before)
    return wrong
