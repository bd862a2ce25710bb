"""Databases for tests: copies of a migrated one, which take a tenth of a second each."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import psycopg

from payment_analysis.store.database import Database
from payment_analysis.store.server import Server

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = "migrated"


class Databases:
    """A server of its own with as many databases as tests ask for."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder)
        self.url = self.server.start()
        self._run(f"create database {TEMPLATE}")
        migrated = Database(self.url.set(database=TEMPLATE))
        migrated.version()
        migrated.close()

    def fresh(self) -> Database:
        """An empty migrated database."""
        name = f"test_{uuid.uuid4().hex}"
        self._run(f"create database {name} template {TEMPLATE}")
        return Database(self.url.set(database=name))

    def close(self) -> None:
        self.server.stop()

    def _run(self, statement: str) -> None:
        host = str(self.url.query["host"])
        with psycopg.connect(host=host, user=self.url.username, dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)
