"""One frozen simulated world of three months, built as the product builds it; everything about `ask` is asked of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from payment_analysis.lakehouse.lakehouse import Lakehouse

ATTEMPTS, DAYS, SEED = 20_000, 92, 7
END = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def frozen_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("ask") / "home")
    simulate(home, Order(ATTEMPTS, DAYS, SEED, END))
    home.own().build()
    return home


@pytest.fixture(scope="session")
def frozen(frozen_home: Home) -> Lakehouse:
    return frozen_home.own()
