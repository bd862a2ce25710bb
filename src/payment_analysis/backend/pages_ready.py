"""Dashboard pages answered before anybody asks: in the scopes in which most people open them, after every build.

At the start of the application, and whenever the tables have moved and then rested. A stream moves them every second;
then nothing is answered in advance and a page is computed when it is asked for.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from payment_analysis.backend.provenance import Versioned, provenance
from payment_analysis.dashboards.gallery import Gallery
from payment_analysis.dashboards.page_data import Asking, Compare, compared, page_data
from payment_analysis.dashboards.warehouse import Warehouse
from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.domain.scope import MISSING, TICK, Scope
from payment_analysis.lakehouse.background import begin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOOK_SECONDS: Final = 1.0
REST_SECONDS: Final = 5.0  # of the tables: a build moves several of them, one after the other
TABLES: Final = ("payments_raw_bronze", "payments_enriched_silver", "payments_silver", "data_clock")
# What a page asks for when nobody chose anything, and what it asks for over all time.
OPENED: Final[tuple[dict[str, str], ...]] = ({"range": "30d"}, {})
# One plan serves every filter, so any filter prepares them all; this one finds next to nothing to add up.
FILTERED: Final[tuple[dict[str, str], ...]] = ({"network": MISSING}, {"range": "30d", "network": MISSING})
EARLIER: Final = timedelta(hours=1)  # before the newest attempt: views that speak of the end of a range have plans too


def scopes_asked(as_of: datetime) -> tuple[Scope, ...]:
    """What every page is asked in, of data that reach to an instant."""
    opened = (Scope.from_parameters(one, now=as_of + TICK) for one in (*OPENED, *FILTERED))
    return (*opened, Scope(start=as_of - 2 * EARLIER, end=as_of - EARLIER))


class ReadyWarehouse(Warehouse, Versioned, Protocol):
    """A lakehouse that keeps its answers until its tables move."""

    def __hash__(self) -> int: ...
    def version(self, name: str) -> int | None: ...


class PagesReady:
    """Asks every page in a thread of its own; `rest` is how long the tables lie still before it does, in seconds.

    It gives way to who asks and decides meanwhile: after each page it pauses for as long as that page took.
    """

    def __init__(
        self, warehouse: ReadyWarehouse, gallery: Gallery | None = None, *, rest: float = REST_SECONDS
    ) -> None:
        self._warehouse = warehouse
        self._gallery = gallery or Gallery()
        self._rest = rest
        self._end = threading.Event()

    def begin(self) -> None:
        """Ask from now on."""
        begin(self._run, name="pages-ready")

    def end(self) -> None:
        self._end.set()

    def ask(self) -> int:
        """Ask every page, until the application ends; how many were asked."""
        asked = 0
        for one in self._questions():
            if self._end.is_set():
                break
            began = time.monotonic()
            one()
            asked += 1
            self._end.wait(time.monotonic() - began)
        return asked

    def _questions(self) -> Iterator[Callable[[], object]]:
        as_of = provenance(self._warehouse, datetime.now(UTC)).as_of
        if as_of is None:
            return
        boards = [one.dashboard for one in self._gallery.listed() if one.dashboard is not None]
        for scope in scopes_asked(as_of):
            asking = Asking(self._warehouse, scope, compared(scope, Compare.PREVIOUS))
            for board in boards:
                for page in board.pages:
                    yield partial(page_data, board, page, asking)

    def _run(self) -> None:
        answered: tuple[int | None, ...] | None = None
        seen, since = self._position(), time.monotonic() - self._rest
        while not self._end.is_set():
            position = self._position()
            if position != seen:
                seen, since = position, time.monotonic()
            elif position != answered and time.monotonic() - since >= self._rest:
                answered = position
                with suppress(PaymentAnalysisError):  # nothing is built yet: who opens a page is told
                    self.ask()
            self._end.wait(LOOK_SECONDS)

    def _position(self) -> tuple[int | None, ...]:
        return tuple(self._warehouse.version(name) for name in TABLES)
