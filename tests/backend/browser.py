"""A browser and a program that ask the application in this process, without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio.from_thread
import httpx

from payment_analysis.backend.app import sign_in_path
from payment_analysis.store.accounts import make_link
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.people import User

if TYPE_CHECKING:
    from datetime import datetime

    from fastapi import FastAPI

    from payment_analysis.domain.roles import Role
    from payment_analysis.store.database import Database

ADDRESS = "http://127.0.0.1:8000"


class Browser:
    """Keeps cookies, and says which page its posts come from, as browsers do."""

    def __init__(self, app: FastAPI, *, says_origin: bool = True) -> None:
        self._transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._says_origin = says_origin
        self.cookies = httpx.Cookies()

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"origin": ADDRESS} if self._says_origin and method != "GET" else {}
        given = {**headers, **options.pop("headers", {})}

        async def one() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url=ADDRESS, cookies=self.cookies, timeout=60
            ) as client:
                answer = await client.request(method, path, headers=given, **options)
                self.cookies = client.cookies
                return answer

        with anyio.from_thread.start_blocking_portal() as portal:
            return portal.call(one)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, body: object = None, **options: Any) -> httpx.Response:
        return self.ask("POST", path, json=body, **options)


def signed_in(app: FastAPI, store: Database, now: datetime, role: Role | None = None) -> Browser:
    """A browser of the first administrator, or of somebody new with another role."""
    path = sign_in_path(store, now)
    if role is not None:
        with store.change(SYSTEM) as session:
            user = User(name=f"a-{role}", display_name=role.title(), role=role)
            session.add(user)
            session.flush()
            path = f"/sign-in?link={make_link(session, user, now)}"
    browser = Browser(app)
    assert browser.get(path).status_code == 303
    return browser
