"""Behind Databricks Apps: who asks is what the platform says, and questions are asked with that person's token."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from starlette.datastructures import Headers

from payment_analysis.backend.asking import FORWARDED_NAMES, Person
from payment_analysis.domain.errors import NotSignedIn
from payment_analysis.domain.roles import Role
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.people import User
from payment_analysis.workspace.connection import connect_with_token
from payment_analysis.workspace.identity import Identity, identity_of, workspace_host
from payment_analysis.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fastapi import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from payment_analysis.lakehouse.remote import Answer
    from payment_analysis.store.database import Database

CLIENTS_MAX: Final = 64  # people at once; a token lasts an hour
_HEADERS: Final[ContextVar[Mapping[str, str]]] = ContextVar("headers")


class RemembersHeaders:
    """Lets what a question needs be known where it is asked, also in another thread."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            _HEADERS.set(Headers(scope=scope))
        await self.app(scope, receive, send)


class Workspaces:
    """The workspace as each person sees it: one client per token."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Workspace] = OrderedDict()

    def identity(self) -> Identity:
        return identity_of(_HEADERS.get({}), self.environment)

    def host(self) -> str:
        return workspace_host(_HEADERS.get({}), self.environment)

    def current(self) -> Workspace:
        """The workspace of who asks now; raises what is missing."""
        identity, host = self.identity(), self.host()
        key = hashlib.sha256(f"{host} {identity.token}".encode()).hexdigest()
        with self._lock:
            if key not in self._known:
                self._known[key] = Workspace(
                    connect_with_token(host, identity.token),
                    self.environment.get("DATABRICKS_CATALOG", "main"),
                    self.environment.get("DATABRICKS_SCHEMA", "payment_analysis"),
                    self.environment.get("DATABRICKS_WAREHOUSE_ID", ""),
                )
            self._known.move_to_end(key)
            while len(self._known) > CLIENTS_MAX:
                self._known.popitem(last=False)
            return self._known[key]

    def run(self, sql: str, parameters: Mapping[str, object] | None = None) -> Answer:
        """Ask the SQL warehouse in the name of who asks."""
        return self.current().sql.run(sql, parameters)


class Forwarded:
    """Believes the platform: it sets these headers and takes away what a caller wrote into them."""

    def __init__(self, store: Database, admins: Collection[str]) -> None:
        self._store = store
        self._admins = {name.strip().lower() for name in admins if name.strip()}

    def who(self, request: Request) -> Person | None:
        given = (request.headers.get(header, "") for header in FORWARDED_NAMES)
        name = next((one.strip() for one in given if one.strip()), "")
        if not name:
            raise NotSignedIn("Databricks did not say who asks.", hint="open the app from Compute → Apps")
        with self._store.read() as session:
            known = session.scalars(select(User).where(User.name == name.lower())).first()
        user = known or self._welcome(name.lower())
        if not user.is_active:
            return None
        role = Role.ADMIN if user.name in self._admins else Role(user.role)
        return Person(user.id, user.name, user.display_name, role, "forwarded")

    def _welcome(self, name: str) -> User:
        """Somebody new may look; an administrator gives more."""
        with self._store.change(SYSTEM) as session:
            user = User(name=name, display_name=name.partition("@")[0], role=Role.VIEWER)
            session.add(user)
        return user
