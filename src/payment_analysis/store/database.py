"""The store: one database, read in read-only transactions and changed in audited ones."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from payment_analysis.domain.errors import BadInput, Conflict, StoreDown
from payment_analysis.store.audit import ACTOR, AuditedSession
from payment_analysis.store.migrate import migrate
from payment_analysis.store.server import Server
from payment_analysis.store.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from payment_analysis.store.audit import Actor

DATABASE_VARIABLE: Final = "DATABASE_URL"
FOLDER: Final = "postgres"  # of the embedded server, in the home
CONNECT_SECONDS: Final = 5
STATEMENT_SECONDS: Final = 30
POOL: Final = 10
RECYCLE_SECONDS: Final = 45 * 60  # a password that was asked for lasts an hour
RESTART_SECONDS: Final = 20.0  # recovery after a crash; a start takes 0.1 s, the first one 1 s
RETRY_SECONDS: Final = 0.1
_LOCAL: Final = frozenset({"127.0.0.1", "localhost"})  # nothing leaves the machine
_DRIVERS: Final = {"postgres", "postgresql", "postgresql+psycopg"}


class Database:
    """PostgreSQL with our tables in it; nothing is connected before the first question."""

    def __init__(self, server: Server | URL, *, password: Callable[[], str] | None = None) -> None:
        """Over an embedded server or an address; `password` is asked for a fresh one at every new connection."""
        self._password = password
        self._server = server if isinstance(server, Server) else None
        self._url = None if isinstance(server, Server) else server
        self._is_migrated = False
        self._listeners: list[Callable[[], None]] = []
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=self._connect,
            pool_pre_ping=True,
            pool_size=POOL,
            max_overflow=POOL,
            pool_timeout=CONNECT_SECONDS,
            pool_recycle=RECYCLE_SECONDS,
        )
        self._changes = sessionmaker(self._engine, class_=AuditedSession, expire_on_commit=False)
        self._reads = sessionmaker(self._engine.execution_options(postgresql_readonly=True))

    @classmethod
    def of_home(cls, home: Path) -> Database:
        """The database that the environment names, else the embedded one of the home."""
        given = os.environ.get(DATABASE_VARIABLE, "").strip()
        return cls(given_url(given) if given else Server(home / FOLDER))

    @property
    def is_embedded(self) -> bool:
        return self._server is not None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that cannot change anything."""
        with self._named_errors():
            self._migrate()
            with self._reads() as session:
                yield session

    @contextmanager
    def change(self, actor: Actor) -> Iterator[Session]:
        """A transaction whose changes are written into the audit; committed at the end, or not at all."""
        with self._named_errors():
            self._migrate()
            with self._changes(info={ACTOR: actor}) as session, session.begin():
                yield session
        for listener in self._listeners:
            listener()

    def when_changed(self, listener: Callable[[], None]) -> None:
        """Call it after every change that is committed here, from whatever thread that was."""
        self._listeners.append(listener)

    def version(self) -> str:
        """The server's version; raises `StoreDown` when nobody answers."""
        with self.read() as session:
            return str(session.execute(text("show server_version")).scalar_one())

    async def writer(self) -> Wire:
        """A connection of its own for somebody who writes all the time; what it commits is on disk."""
        url = await asyncio.to_thread(self._ready)
        with self._named_errors():
            connection = await psycopg.AsyncConnection.connect(**_options(url), autocommit=True)
            await connection.execute("set synchronous_commit = on")
            await connection.execute("set datestyle = ISO")  # instants are read as it writes them
        return Wire(connection)

    def _ready(self) -> URL:
        """The address of a server that answers and has our tables."""
        with self._named_errors():
            self._migrate()
            if self._server is not None:
                self._connect().close()  # starts it again when it died
        return self._address()

    def close_connections(self) -> None:
        """Let go of all connections; the next question opens new ones."""
        self._engine.dispose()

    def close(self) -> None:
        """Let go of all connections, and of the embedded server."""
        self.close_connections()
        if self._server is not None:
            self._server.stop()

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """A new connection; an embedded server that died is started again, which takes it some moments."""
        if self._server is None:
            return _connected(self._address())
        deadline = time.monotonic() + RESTART_SECONDS
        while True:
            try:
                return _connected(self._address())
            except (psycopg.OperationalError, StoreDown):
                if time.monotonic() > deadline:
                    raise
                time.sleep(RETRY_SECONDS)

    def _address(self) -> URL:
        """Where the server listens; an embedded one that does not run is started."""
        if self._server is not None:
            return self._server.start()
        assert self._url is not None
        return self._url if self._password is None else self._url.set(password=self._password())

    def _migrate(self) -> None:
        if not self._is_migrated:
            with self._engine.begin() as connection:
                migrate(connection)
            self._is_migrated = True

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            reason = str(error.orig).splitlines()[0]
            raise Conflict(f"the store refuses this change: {reason}", hint="load it again and compare") from error
        except DataError as error:
            raise BadInput(f"the store cannot hold this: {str(error.orig).splitlines()[0]}") from error
        except (OperationalError, InterfaceError, psycopg.OperationalError) as error:
            cause = str(getattr(error, "orig", error)).splitlines()[0]
            raise StoreDown(
                f"PostgreSQL does not answer: {cause}",
                hint=f"check {DATABASE_VARIABLE} and the server" if self._server is None else "try again",
            ) from error


def _connected(url: URL) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(**_options(url))


def _options(url: URL) -> dict[str, Any]:
    return {
        "connect_timeout": CONNECT_SECONDS,
        "options": f"-c statement_timeout={STATEMENT_SECONDS}s -c timezone=UTC",
        **url.translate_connect_args(username="user", database="dbname"),
        **url.query,
    }


def given_url(text_: str) -> URL:
    """The address somebody configured; its password is in no message."""
    try:
        url = make_url(text_)
    except ArgumentError as error:
        raise BadInput(f"{DATABASE_VARIABLE} is not an address of a database") from error
    if url.drivername not in _DRIVERS:
        raise BadInput(
            f"{DATABASE_VARIABLE} names {url.drivername}, which is not PostgreSQL",
            hint="write postgresql://user:password@host:5432/database",
        )
    return url.set(drivername="postgresql+psycopg")


def lakebase_url(host: str, user: str, database: str) -> URL:
    """The address of a Lakebase endpoint, without the password that changes every hour."""
    name, _, port = host.partition(":")
    return URL.create(
        "postgresql+psycopg",
        username=user,
        host=name,
        port=int(port) if port else 5432,
        database=database,
        query={"sslmode": "disable" if name in _LOCAL else "require"},
    )
