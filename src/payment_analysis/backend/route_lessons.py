"""Stored outcomes on their way into the memory of routes, in one order for all processes that decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.backend.route_history import remembered
from payment_analysis.backend.route_incidents import RouteIncidents

if TYPE_CHECKING:
    from collections.abc import Callable

    from payment_analysis.backend.dependencies import Clock
    from payment_analysis.backend.route_choice import RouteChoice
    from payment_analysis.ml.route_memory import Told
    from payment_analysis.ml.scoring import Scoring
    from payment_analysis.store.database import Database


class RouteLessons:
    """Alone it learns at once. Of several processes the main one gives the order and alone tells people of a step."""

    def __init__(self, store: Database, clock: Clock, choice: RouteChoice) -> None:
        self._store, self._clock, self._choice = store, clock, choice
        self.incidents = RouteIncidents(store)
        self._meanwhile: list[Told] | None = None
        self._hear_first: Callable[[Told], None] = self.learn
        self._tell_others: Callable[[Told], None] | None = None
        self._tells_people = True

    def lead(self, tell_others: Callable[[Told], None]) -> None:
        """Every outcome is passed on when it was learned."""
        self._tell_others = tell_others

    def follow(self, tell_main: Callable[[Told], None]) -> None:
        """The main process hears an outcome first; it comes back in its turn."""
        self._hear_first, self._tells_people = tell_main, False

    def hear(self, told: Told) -> None:
        """An outcome was stored here."""
        self._hear_first(told)

    def learn(self, told: Told) -> None:
        """An outcome in its turn."""
        event = self._choice.memory.hear(told)
        if self._meanwhile is not None:
            self._meanwhile.append(told)
        if self._tell_others is not None:
            self._tell_others(told)
        if event is not None and self._tells_people:
            self.incidents.tell(event)

    def begin_with(self, scoring: Scoring) -> None:
        """New models: their routes begin with what the store knows of them, and what is heard while it is read."""
        heard: list[Told] = []
        self._meanwhile = heard
        memory = remembered(self._store, scoring, self._clock())
        for told in heard:
            memory.hear(told)
        self._choice.take(scoring, memory)
        self._meanwhile = None

    def close(self) -> None:
        self.incidents.close()
