"""Routes that the data show: until a model is trained and people name any, there is something to choose among."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.backend.decision_state import RouteRow
from payment_analysis.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

REFRESH_SECONDS: Final = 60.0
COST_UNKNOWN: Final = 0.5  # halfway between the cheapest and the dearest: the data do not always say fees
_QUESTION: Final = """
    select psp, first_attempt_rate
    from v_psp_performance
    where psp is not null and first_attempt_rate is not null"""


class SeenRoutes:
    """PSPs of the data with the rate of their first attempts; the lakehouse is asked once a minute."""

    def __init__(self, ask: Callable[[str], Iterable[Mapping[str, Any]]]) -> None:
        self._ask = ask
        self._known: Mapping[str, RouteRow] = MappingProxyType({})
        self._asked_at: float | None = None

    def __call__(self) -> Mapping[str, RouteRow]:
        """By name; nothing before the lakehouse is built, and what was known while it does not answer."""
        if self._asked_at is None or time.monotonic() - self._asked_at > REFRESH_SECONDS:
            try:
                self._known = MappingProxyType({row["psp"]: _route(row) for row in self._ask(_QUESTION)})
            except Unavailable:
                return self._known
            self._asked_at = time.monotonic()
        return self._known


def _route(row: Mapping[str, Any]) -> RouteRow:
    return RouteRow(row["psp"], row["first_attempt_rate"], COST_UNKNOWN, is_active=True)
