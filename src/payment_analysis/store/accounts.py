"""Accounts: who there is, and the secrets that let them in. A secret is random, told once, and kept as its digest."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from payment_analysis.domain.errors import NotFound, NotSignedIn
from payment_analysis.domain.roles import Role
from payment_analysis.store.people import AccessToken, SignInLink, User, WebSession

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FIRST_ADMIN: Final = "admin"
LINK_LASTS: Final = timedelta(hours=24)
SESSION_LASTS: Final = timedelta(days=7)
PROGRAMS_BEGIN: Final = "pa_"  # so that a leaked token is recognised by scanners and people
_BYTES: Final = 32


def digest_of(secret: str) -> str:
    """What is kept of a secret. It is 256 random bits, so a fast hash is as good as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def first_admin(session: Session) -> User:
    """The oldest active administrator; made when there is none yet."""
    found = session.scalars(
        select(User).where(User.role == Role.ADMIN, User.is_active).order_by(User.created_at).limit(1)
    ).first()
    if found is None:
        found = User(name=FIRST_ADMIN, display_name="Administrator", role=Role.ADMIN)
        session.add(found)
        session.flush()
    return found


def make_link(session: Session, user: User, now: datetime) -> str:
    """A new one-time sign-in secret; an older one that was not used stops working."""
    for older in session.scalars(select(SignInLink).where(SignInLink.user_id == user.id, SignInLink.used_at.is_(None))):
        session.delete(older)
    secret = secrets.token_urlsafe(_BYTES)
    session.add(SignInLink(user_id=user.id, digest=digest_of(secret), expires_at=now + LINK_LASTS))
    return secret


def redeem(session: Session, secret: str, now: datetime) -> str:
    """Use up a link and open a session; gives the session's secret."""
    link = session.scalars(select(SignInLink).where(SignInLink.digest == digest_of(secret)).with_for_update()).first()
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise NotSignedIn(
            "This sign-in link was used, has expired or never existed.",
            hint="start `payment-analysis serve` again: it prints a new link; or ask an administrator for one",
        )
    user = session.get_one(User, link.user_id)
    if not user.is_active:
        raise NotSignedIn(f"The account {user.name} is switched off.", hint="ask an administrator")
    link.used_at = now
    opened = secrets.token_urlsafe(_BYTES)
    session.add(WebSession(digest=digest_of(opened), user_id=user.id, expires_at=now + SESSION_LASTS))
    return opened


def user_of_session(session: Session, secret: str, now: datetime) -> User | None:
    """The active user whose browser holds this secret."""
    return session.scalars(
        select(User)
        .join(WebSession, WebSession.user_id == User.id)
        .where(WebSession.digest == digest_of(secret), WebSession.expires_at > now, User.is_active)
    ).first()


def close_session(session: Session, secret: str) -> None:
    """Sign the browser out."""
    held = session.get(WebSession, digest_of(secret))
    if held is not None:
        session.delete(held)


def make_token(session: Session, user: User, name: str, role: Role, expires_at: datetime) -> tuple[AccessToken, str]:
    """A new access token and its secret, which nobody can see again."""
    secret = PROGRAMS_BEGIN + secrets.token_urlsafe(_BYTES)
    token = AccessToken(user_id=user.id, name=name, role=role, digest=digest_of(secret), expires_at=expires_at)
    session.add(token)
    session.flush()
    return token, secret


def user_of_token(session: Session, secret: str, now: datetime) -> tuple[User, Role] | None:
    """The active user behind a token, with the lesser of the token's role and the user's."""
    found = session.execute(
        select(User, AccessToken.role)
        .join(AccessToken, AccessToken.user_id == User.id)
        .where(
            AccessToken.digest == digest_of(secret),
            AccessToken.expires_at > now,
            AccessToken.revoked_at.is_(None),
            User.is_active,
        )
    ).first()
    if found is None:
        return None
    user, granted = found
    held, allowed = Role(user.role), Role(granted)
    return user, allowed if held.covers(allowed) else held


def user_named(session: Session, user_id: str) -> User:
    """The user with this id."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(f"There is no user {user_id}.", hint="GET /api/users lists them")
    return user
