"""Who is asking: a seam. Here a session cookie or an access token says so; elsewhere a proxy's header may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

from payment_analysis.domain.roles import Role
from payment_analysis.store.accounts import user_of_session, user_of_token
from payment_analysis.store.audit import Actor

if TYPE_CHECKING:
    from fastapi import Request

    from payment_analysis.backend.dependencies import Clock
    from payment_analysis.store.database import Database
    from payment_analysis.store.people import User

COOKIE_PREFIX: Final = "payment_analysis_"
FORWARDED_NAMES: Final = ("x-forwarded-email", "x-forwarded-preferred-username")  # headers of a platform before us
Way = Literal["session", "token", "forwarded"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is known to be asking, and what they may do."""

    id: str
    name: str
    display_name: str
    role: Role
    way: Way

    @property
    def actor(self) -> Actor:
        """The same as the audit names them."""
        return Actor(self.name, self.role)


class Asking(Protocol):
    """Knows who is asking."""

    def who(self, request: Request) -> Person | None: ...


class SignedIn:
    """Asks the store about the cookie or the token of a request."""

    def __init__(self, store: Database, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def who(self, request: Request) -> Person | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        cookie = request.cookies.get(cookie_name(request))
        if scheme.lower() == "bearer" and token:
            with self._store.read() as session:
                known = user_of_token(session, token.strip(), self._clock())
            return None if known is None else _person(known[0], known[1], "token")
        if cookie:
            with self._store.read() as session:
                user = user_of_session(session, cookie, self._clock())
            return None if user is None else _person(user, Role(user.role), "session")
        return None


def cookie_name(request: Request) -> str:
    """Cookies do not know ports: two homes on one machine must not sign each other out."""
    return f"{COOKIE_PREFIX}{request.url.port or request.url.scheme}"


def _person(user: User, role: Role, way: Way) -> Person:
    return Person(user.id, user.name, user.display_name, role, way)
