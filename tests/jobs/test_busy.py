"""A loop that works most of the time is busy, one that rests as long is not."""

from __future__ import annotations

import pytest

from payment_analysis.jobs.pipelines.busy import LOOKED_BACK_SECONDS, SHARE, Busy

TURN = 0.2
MANY = int(5 * LOOKED_BACK_SECONDS / TURN)


def after(busy: Busy, turns: int, share: float) -> bool:
    for _ in range(turns):
        busy.note(share * TURN, (1 - share) * TURN)
    return busy.flag.is_set()


@pytest.mark.parametrize(("share", "is_busy"), [(0.0, False), (SHARE - 0.1, False), (SHARE + 0.1, True), (1.0, True)])
def test_a_loop_is_busy_when_it_works_more_than_its_share(share: float, *, is_busy: bool) -> None:
    assert after(Busy(), MANY, share) == is_busy


def test_one_long_turn_makes_nobody_busy_and_rest_ends_it() -> None:
    busy = Busy()

    told = [after(busy, 1, 1.0), after(busy, MANY, 1.0), after(busy, MANY, 0.1)]

    assert told == [False, True, False]


def test_a_turn_that_took_no_time_says_nothing() -> None:
    busy = Busy()

    busy.note(0.0, 0.0)

    assert not busy.flag.is_set()
