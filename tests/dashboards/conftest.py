"""One small simulated lakehouse, and every dashboard file, for all tests of this room."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from payment_analysis.dashboards.gallery import Gallery
from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.dashboards.dashboard import Dashboard
    from payment_analysis.lakehouse.lakehouse import Lakehouse

END = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Lakehouse:
    home = Home(tmp_path_factory.mktemp("dashboards") / "home")
    simulate(home, Order(4_000, 30, 7, END))
    home.lakehouse().build()
    return home.lakehouse()


@pytest.fixture(scope="session")
def gallery(repository: Path) -> Gallery:
    return Gallery(repository / "dashboards")


@pytest.fixture(scope="session")
def boards(gallery: Gallery) -> dict[str, Dashboard]:
    return {one.dashboard.id: one.dashboard for one in gallery.listed() if one.dashboard}
