"""A small simulated world, built once, with a store beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.store.databases import Databases

    from payment_analysis.lakehouse.lakehouse import Lakehouse
    from payment_analysis.store.database import Database

END = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Ground:
    """What agents stand on."""

    home: Home
    lakehouse: Lakehouse
    store: Database


@pytest.fixture(scope="session")
def ground(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    home = Home(tmp_path_factory.mktemp("agents") / "home")
    simulate(home, Order(attempts=25_000, days=35, seed=31, end=END))
    home.lakehouse().build()
    store = databases.fresh()
    yield Ground(home, home.lakehouse(), store)
    store.close()
