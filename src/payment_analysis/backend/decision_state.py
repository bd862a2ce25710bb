"""What decisions are made with and changes slowly: settings, codes, routes, rules, experiments; kept in memory."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import select

from payment_analysis.backend.rule_book import designs_running, rules_in_force
from payment_analysis.backend.rule_wishes import NO_RULES, CompiledRules, rules_version
from payment_analysis.backend.unreadable import tell_unreadable
from payment_analysis.decisioning.retry_case import CodeRow
from payment_analysis.decisioning.settings import PolicySettings
from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.store.configuration import DecisionConfig, RetryableDeclineCode, RoutePerformance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from payment_analysis.backend.dependencies import Clock
    from payment_analysis.backend.rule_book import Unreadable
    from payment_analysis.decisioning.experiments import Design
    from payment_analysis.ml.scoring import Scoring
    from payment_analysis.store.database import Database

    SeenRoutes = Callable[[], Mapping[str, "RouteRow"]]

REFRESH_SECONDS: Final = 2.0  # how late another process's change is looked for; a change made here is seen at once
AGE_SECONDS_MAX: Final = 5.0  # nothing is decided from what is older: after an idle hour the first decision waits


@dataclass(frozen=True, slots=True)
class RouteRow:
    """What people say of a route; `cost_score` is 0 for cheap and 1 for dear."""

    route: str
    approval_rate: float
    cost_score: float
    is_active: bool


@dataclass(frozen=True, slots=True)
class Configured:
    """What people have set."""

    settings: PolicySettings
    written: Mapping[str, str]
    codes: Mapping[str, CodeRow]
    routes: Mapping[str, RouteRow]
    rules: CompiledRules = NO_RULES  # active and shadow
    designs: tuple[Design, ...] = ()  # running experiments, the oldest first
    unreadable: tuple[Unreadable, ...] = ()  # in force, and left out


class Models(Protocol):
    """Gives the champions, when they are loaded."""

    def __call__(self) -> Scoring: ...


class DecisionState:
    """The newest known state; the store is asked at most every two seconds, by one thread for everybody.

    Meanwhile decisions go on with what is known, unless that was changed here or is too old.
    `seen` tells the routes that the data show; what people say of a route stands before that.
    """

    def __init__(self, store: Database, clock: Clock, seen: SeenRoutes | None = None) -> None:
        self._store, self._clock, self._seen = store, clock, seen
        self._told: tuple[Unreadable, ...] | None = None
        self.tells_people = True  # one of several processes does
        self._configured: Configured | None = None
        self._read_at = 0.0
        self._changes, self._changes_read = 0, -1
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="decision-state")
        self._next: Future[Configured] | None = None

    @property
    def configured(self) -> Configured:
        assert self._configured is not None, "read before it is asked"
        return self._configured

    def refresh(self) -> Future[Configured] | None:
        """Ask the store when it is time; gives what a decision has to wait for, None when what is known will do."""
        age = time.monotonic() - self._read_at
        is_known = self._configured is not None and self._changes_read == self._changes
        if is_known and age < REFRESH_SECONDS:
            return None
        with self._lock:
            if self._next is None or self._next.done():
                self._next = self._thread.submit(self.read)
            return None if is_known and age < AGE_SECONDS_MAX else self._next

    def read(self) -> Configured:
        """Ask the store; when it does not answer, what was known stays: what is decided from it cannot be stored."""
        with self._reading:
            changes = self._changes
            try:
                self._configured = _configured(self._store, self._seen() if self._seen else {})
                self._tell(self._configured.unreadable)
            except PaymentAnalysisError:
                if self._configured is None:
                    raise
            self._read_at, self._changes_read = time.monotonic(), changes
            return self._configured

    def _tell(self, unreadable: tuple[Unreadable, ...]) -> None:
        """Once for each change, and once at the start: a repair may have happened while nobody looked."""
        if self.tells_people and unreadable != self._told:
            tell_unreadable(self._store, unreadable, self._clock())
            self._told = unreadable

    def forget(self) -> None:
        """Something was changed here: the next decision waits for it."""
        with self._lock:
            self._changes += 1
            self._next = None  # one that is on its way may have looked before the change

    def close(self) -> None:
        self._thread.shutdown()


def _configured(store: Database, seen: Mapping[str, RouteRow]) -> Configured:
    with store.read() as session:
        written = {row.key: row.value for row in session.scalars(select(DecisionConfig))}
        codes = {
            row.code: CodeRow(row.code, row.default_backoff_seconds, row.max_attempts, row.is_active)
            for row in session.scalars(select(RetryableDeclineCode))
        }
        routes = {
            row.route_name: RouteRow(row.route_name, row.approval_rate_pct / 100.0, row.cost_score, row.is_active)
            for row in session.scalars(select(RoutePerformance))
        }
        rules, bad_rules = rules_in_force(session)
        designs, bad_designs = designs_running(session)
    return Configured(
        PolicySettings.of(written),
        MappingProxyType(written),
        MappingProxyType(codes),
        MappingProxyType({**seen, **routes}),
        CompiledRules(rules, rules_version(rules)),
        designs,
        (*bad_rules, *bad_designs),
    )
