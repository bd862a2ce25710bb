"""Several processes learn from the same outcomes in the same order, whoever stored them."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from payment_analysis.backend.route_choice import RouteChoice
from payment_analysis.backend.route_lessons import RouteLessons
from payment_analysis.backend.worker_words import Word, read, written
from payment_analysis.decisioning.outcomes import Lesson
from payment_analysis.decisioning.route_watch import Standing
from payment_analysis.domain.declines import Fault
from payment_analysis.ml.route_memory import RouteMemory, Told
from payment_analysis.ml.scoring import Scoring

if TYPE_CHECKING:
    from tests.store.databases import Databases

ROUTES = ("north", "south")
AT_S = 1_790_000_000.0
NOBODY_CARRIED = Lesson(Fault.GATEWAY, carried=False, approved=None)
APPROVED = Lesson(None, carried=True, approved=True)
DECLINED = Lesson(Fault.ISSUER, carried=True, approved=False)


def told(number: int, luck: random.Random) -> Told:
    """The route in the north fails from the hundredth outcome on."""
    route = luck.choice(ROUTES)
    lesson = NOBODY_CARRIED if route == "north" and number > 100 else luck.choice([APPROVED, APPROVED, DECLINED])
    variance = luck.choice([None, np.array([0.1, 0.2])])
    return Told(route, f"bank {number % 7}", lesson, 0.8, variance, AT_S + number)


@pytest.mark.parametrize("lesson", [NOBODY_CARRIED, APPROVED, DECLINED])
def test_an_outcome_is_read_as_it_was_written(lesson: Lesson) -> None:
    one = Told("north", None, lesson, 0.1 + 0.2, np.array([0.1, 1.0 / 3.0]), AT_S)

    word, same = read(written(Word.TOLD, one))

    assert word is Word.TOLD
    assert same is not None
    assert same.variance is not None
    assert same._replace(variance=None) == one._replace(variance=None)
    assert same.variance.tolist() == [0.1, 1.0 / 3.0]
    assert same.lesson.fault is lesson.fault


def test_processes_that_store_outcomes_by_turns_remember_the_same(databases: Databases) -> None:
    store, luck = databases.fresh(), random.Random(5)
    choices = [RouteChoice() for _ in range(3)]
    main, *workers = (RouteLessons(store, lambda: datetime.now(UTC), choice) for choice in choices)
    for choice in choices:
        choice.take(Scoring(), RouteMemory(ROUTES))
    on_their_way = list[bytes]()  # to the main process: it hears them some outcomes later

    def to_all(one: Told) -> None:
        for worker in workers:
            worker.learn(heard(written(Word.TOLD, one)))

    main.lead(to_all)
    for worker in workers:
        worker.follow(lambda one: on_their_way.append(written(Word.TOLD, one)))

    for number in range(300):
        luck.choice([main, *workers]).hear(told(number, luck))
        if number % 5 == 0:
            while on_their_way:
                main.learn(heard(on_their_way.pop(0)))
    while on_their_way:
        main.learn(heard(on_their_way.pop(0)))
    for one in (main, *workers):
        one.close()
    store.close()

    memories = [choice.memory for choice in choices]
    assert [memory.standing("north") for memory in memories] == [Standing.DOWN] * 3
    for memory in memories[1:]:
        assert [memory.watched(route) for route in ROUTES] == [memories[0].watched(route) for route in ROUTES]
        assert [memory.outcomes(route) for route in ROUTES] == [memories[0].outcomes(route) for route in ROUTES]
        for issuer in range(7):
            believed, first = (
                one.believe(np.zeros((2, 2)), np.full(2, 0.25), f"bank {issuer}", AT_S + 300)
                for one in (memory, memories[0])
            )
            assert np.array_equal(believed.approval, first.approval)
            assert np.array_equal(believed.spread, first.spread)


def heard(words: bytes) -> Told:
    _, one = read(words)
    assert one is not None
    return one
