"""One real PostgreSQL per test run, and an empty migrated database per test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.store.databases import Databases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.store.database import Database


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("postgres") / "server")
    yield made
    made.close()


@pytest.fixture
def store(databases: Databases) -> Iterator[Database]:
    database = databases.fresh()
    yield database
    database.close()
