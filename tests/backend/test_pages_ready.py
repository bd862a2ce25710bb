"""Pages that were asked before anybody did are not computed again, and what is asked is what people open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.backend.fakes import simulated

from payment_analysis.backend.pages_ready import PagesReady, scopes_asked
from payment_analysis.dashboards.gallery import Gallery
from payment_analysis.dashboards.page_data import Asking, Compare, compared, page_data
from payment_analysis.domain.scope import TICK, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from payment_analysis.domain.errors import PaymentAnalysisError
    from payment_analysis.lakehouse.lakehouse import Lakehouse
    from payment_analysis.lakehouse.query import QueryResult


class Counted:
    """A lakehouse whose datasets are counted when they are computed."""

    def __init__(self, lakehouse: Lakehouse) -> None:
        self._lakehouse = lakehouse
        self.rows = lakehouse.rows
        self.version, self.freshness = lakehouse.version, lakehouse.freshness
        self.scoped, self.shared, self.staged_over = lakehouse.scoped, lakehouse.shared, lakehouse.staged_over
        self.answers: list[int] = []

    def staged(
        self, dataset: str, scope: Scope, questions: Mapping[str, str], *, limit: int
    ) -> Mapping[str, QueryResult | PaymentAnalysisError]:
        found = self._lakehouse.staged(dataset, scope, questions, limit=limit)
        self.answers.append(id(found))
        return found


@pytest.fixture(scope="module")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Lakehouse:
    return simulated(tmp_path_factory.mktemp("ready") / "home", attempts=1_000, days=40)


@pytest.fixture
def gallery(repository: Path, tmp_path: Path) -> Gallery:
    board = repository / "dashboards" / "daily_trends.lvdash.json"
    (tmp_path / board.name).write_bytes(board.read_bytes())
    return Gallery(tmp_path)


def test_a_page_that_was_asked_before_is_answered_from_what_is_kept(lakehouse: Lakehouse, gallery: Gallery) -> None:
    before, after = Counted(lakehouse), Counted(lakehouse)
    (clock,) = lakehouse.rows("select as_of from data_clock")
    opened = Scope.from_parameters({"range": "30d"}, now=clock["as_of"] + TICK)

    asked = PagesReady(before, gallery).ask()
    for scope in (opened, Scope()):
        board = gallery.dashboard("daily_trends")
        for page in board.pages:
            page_data(board, page, Asking(after, scope, compared(scope, Compare.PREVIOUS)))

    assert asked == len(scopes_asked(clock["as_of"])) * len(gallery.dashboard("daily_trends").pages)
    assert set(after.answers) <= set(before.answers)


def test_an_application_that_ends_is_not_kept_waiting(lakehouse: Lakehouse, gallery: Gallery) -> None:
    ready = PagesReady(lakehouse, gallery)

    ready.end()

    assert ready.ask() == 0
