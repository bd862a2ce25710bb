"""Streaming features for decisions, asked for again in a thread of their own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.domain.errors import NotBuilt, Unavailable
from payment_analysis.lakehouse.background import begin
from payment_analysis.lakehouse.latest_features import LatestFeatures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from payment_analysis.decisioning.context import Context

REFRESH_SECONDS: Final = 10.0  # a question takes up to half a second of both cores


class LiveFeatures:
    """What is known now of merchant, issuer, route and card; nothing while no table is built."""

    def __init__(
        self, ask: Callable[[str], Iterable[Mapping[str, Any]]], position: Callable[[], object] | None = None
    ) -> None:
        """`position` says cheaply what was committed last: features change with the data, not with the time of day."""
        self._latest, self._position = LatestFeatures(ask), position
        self._known_at: object = None
        self._error: Unavailable | None = None
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Ask from now on."""
        if self._thread is None:
            self._thread = begin(self._run, name="live-features")

    def end(self) -> None:
        self._end.set()

    def __call__(self, context: Context) -> Mapping[str, Any]:
        """For one decision, from memory; raises `Unavailable` when the last question was not answered."""
        if self._error is not None:
            raise self._error
        return self._latest.of(
            merchant=context.merchant_id,
            issuer=context.issuer,
            route=context.previous_route,
            card=context.card_token_id,
        )

    def refresh(self) -> None:
        """Ask, unless nothing was committed since."""
        position = self._position() if self._position is not None else None
        if position is None or position != self._known_at:
            self._latest.refresh()
            self._known_at = position

    def _run(self) -> None:
        while True:
            try:
                self.refresh()
                self._error = None
            except NotBuilt:
                self._error = None  # nothing has happened yet, so nothing is known
            except Unavailable as error:
                self._error = error
            if self._end.wait(REFRESH_SECONDS):
                return
