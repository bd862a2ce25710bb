"""What decisions are made with and changes slowly: settings, codes, routes, rules, experiments; kept in memory."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import select

from payment_analysis.backend.rule_book import designs_running, rules_in_force
from payment_analysis.backend.rule_wishes import NO_RULES, CompiledRules, rules_version
from payment_analysis.decisioning.retry_case import CodeRow
from payment_analysis.decisioning.settings import PolicySettings
from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.store.configuration import DecisionConfig, RetryableDeclineCode, RoutePerformance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from payment_analysis.decisioning.experiments import Design
    from payment_analysis.ml.scoring import Scoring
    from payment_analysis.store.database import Database

    SeenRoutes = Callable[[], Mapping[str, "RouteRow"]]

REFRESH_SECONDS: Final = 2.0  # how late another process's change may be seen; a change made here is seen at once


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


class Models(Protocol):
    """Gives the champions, when they are loaded."""

    def __call__(self) -> Scoring: ...


class DecisionState:
    """The newest known state; the store is asked at most every two seconds, in a thread.

    `seen` tells the routes that the data show; what people say of a route stands before that.
    """

    def __init__(self, store: Database, seen: SeenRoutes | None = None) -> None:
        self._store, self._seen = store, seen
        self._configured: Configured | None = None
        self._read_at = 0.0
        self._lock = threading.Lock()

    def is_fresh(self) -> bool:
        return self._configured is not None and time.monotonic() - self._read_at < REFRESH_SECONDS

    @property
    def configured(self) -> Configured:
        assert self._configured is not None, "read before it is asked"
        return self._configured

    def read(self) -> Configured:
        """Ask the store; when it does not answer, what was known stays: what is decided from it cannot be stored."""
        with self._lock:
            try:
                self._configured = _configured(self._store, self._seen() if self._seen else {})
            except PaymentAnalysisError:
                if self._configured is None:
                    raise
            self._read_at = time.monotonic()
            return self._configured

    def forget(self) -> None:
        """Something was changed: ask before the next decision."""
        self._read_at = 0.0


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
        rules, designs = rules_in_force(session), designs_running(session)
    return Configured(
        PolicySettings.of(written),
        MappingProxyType(written),
        MappingProxyType(codes),
        MappingProxyType({**seen, **routes}),
        CompiledRules(rules, rules_version(rules)),
        designs,
    )
