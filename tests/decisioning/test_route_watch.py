"""Routes that fail are left soon, healthy ones hardly ever, and what works again is let back."""

from __future__ import annotations

import random

from payment_analysis.decisioning.route_watch import NEW, Event, Standing, Step, Watched, heard


def after(outcomes: list[tuple[bool, str]], watched: Watched = NEW) -> tuple[Watched, list[Event], int]:
    """The watch after outcomes (carried, issuer), the steps taken, and at which outcome the last one came."""
    steps, last = list[Event](), 0
    for number, (carried, issuer) in enumerate(outcomes):
        watched, event = heard("north", watched, carried=carried, issuer=issuer, at_s=float(number))
        if event is not None:
            steps.append(event)
            last = number
    return watched, steps, last


def test_a_route_that_carries_nothing_is_left_after_a_handful() -> None:
    _, steps, last = after([(False, f"bank {number % 4}") for number in range(10)])

    assert (steps[0].step, last) == (Step.LEFT, 4)
    assert steps[0].words.startswith("north failed to carry 5 of 5 attempts")


def test_an_issuer_that_is_down_is_no_route_that_is_down() -> None:
    watched, steps, _ = after([(False, "one bank")] * 200)

    assert (watched.standing, steps) == (Standing.UP, [])


def test_a_healthy_route_is_not_left_in_two_hundred_thousand_outcomes() -> None:
    luck = random.Random(5)
    outcomes = [(luck.random() >= 0.01, f"bank {luck.randrange(40)}") for _ in range(200_000)]

    assert after(outcomes)[1] == []


def test_half_failing_is_found_within_thirty_outcomes() -> None:
    luck, needed = random.Random(6), list[int]()
    for _ in range(200):
        outcomes = [(luck.random() >= 0.5, f"bank {luck.randrange(40)}") for _ in range(200)]
        _, steps, _ = after(outcomes)
        needed.append(int(steps[0].at_s))

    assert sorted(needed)[190] <= 30


def test_probes_that_succeed_bring_it_back_and_one_that_fails_begins_again() -> None:
    down, _, _ = after([(False, f"bank {number}") for number in range(5)])

    back, steps, last = after([(True, "b"), (True, "b"), (False, "b"), *[(True, "b")] * 7], down)

    assert (steps[0].step, last, back) == (Step.RETURNED, 9, NEW)
