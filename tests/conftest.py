"""What every test may use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.store.databases import Databases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.store.database import Database

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real and rule data that lies beside the checkout and is never committed."""
    assert SHARED_DATA.is_dir(), f"tests need the data folder {SHARED_DATA}"
    return SHARED_DATA


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """One real PostgreSQL per test run."""
    made = Databases(tmp_path_factory.mktemp("postgres") / "server")
    yield made
    made.close()


@pytest.fixture
def store(databases: Databases) -> Iterator[Database]:
    """An empty migrated database."""
    database = databases.fresh()
    yield database
    database.close()


def pytest_report_header() -> list[str]:
    if SHARED_DATA.is_dir():
        return []
    return ["../shared/data is not beside this checkout: the tests that read real exports are left out"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what reads the real exports where they are not: a lone clone is checked as far as it can be."""
    if SHARED_DATA.is_dir():
        return
    left_out = [item for item in items if "shared_data" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
