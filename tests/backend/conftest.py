"""A home with the examples in it, built once, and the application over it with a store of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.backend.browser import Browser, signed_in
from tests.backend.fakes import NOW

from payment_analysis.backend.app import create_app
from payment_analysis.backend.lakehouse_writes import LakehouseWrites
from payment_analysis.backend.model_registry import ModelRegistry
from payment_analysis.backend.operating_here import OperatingHere
from payment_analysis.jobs.examples import EXAMPLES
from payment_analysis.jobs.ingest import Export, ingest
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from tests.store.databases import Databases

    from payment_analysis.lakehouse.lakehouse import Lakehouse
    from payment_analysis.store.database import Database


ATTEMPT = {"amount_minor": 1, "currency": "EUR", "event_timestamp": "2026-01-01T00:00:00Z", "result": "approved"}
FAULTY = (
    {"transaction_id": "faulty-1", **ATTEMPT, "currency": "XYZ"},
    {"transaction_id": "faulty-2", **ATTEMPT, "amount_minor": -1},
    {"transaction_id": "4111111111111111", **ATTEMPT},
)


@dataclass(frozen=True)
class Place:
    """Everything behind the application, and a browser of its administrator."""

    home: Home
    lakehouse: Lakehouse
    store: Database
    app: FastAPI
    admin: Browser


@pytest.fixture(scope="session")
def place(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    yield from made(databases, tmp_path_factory.mktemp("backend"))


@pytest.fixture(scope="session")
def trodden_place(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place of its own for who writes anything anywhere."""
    yield from made(databases, tmp_path_factory.mktemp("trodden"))


def made(databases: Databases, folder: Path) -> Iterator[Place]:
    home = Home(folder / "home")
    (folder / "faulty.jsonl").write_text("".join(json.dumps(row) + "\n" for row in FAULTY), encoding="utf-8")
    ingest(home, [*EXAMPLES, Export(folder / "faulty.jsonl", "canonical")])
    home.lakehouse().build()
    lakehouse, store = home.lakehouse(), databases.fresh()
    app = create_app(
        lakehouse,
        store,
        writes=LakehouseWrites(home),
        operating=OperatingHere(home, store),
        models_of=ModelRegistry(home.path),
        clock=lambda: NOW,
    )
    yield Place(home, lakehouse, store, app, signed_in(app, store, NOW))
    store.close()
