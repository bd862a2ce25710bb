"""People: accounts, the ways in, and what each keeps for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from payment_analysis.domain.roles import Role
from payment_analysis.store.tables import SECRET, Base, Named, one_of


class User(Named, Base):
    """A person, or a program with an account of its own."""

    __tablename__ = "users"
    __table_args__ = (one_of("role", Role), UniqueConstraint("name"))

    name: Mapped[str]
    display_name: Mapped[str]
    role: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)


class SignInLink(Named, Base):
    """A link that signs its owner in once; only its digest is kept."""

    __tablename__ = "sign_in_links"

    user_id: Mapped[str] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(unique=True, info=SECRET)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WebSession(Base):
    """A browser that is signed in; only the digest of its cookie is kept."""

    __tablename__ = "web_sessions"

    digest: Mapped[str] = mapped_column(primary_key=True, info=SECRET)
    user_id: Mapped[str] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class AccessToken(Named, Base):
    """A program's way in, with at most the role of the person who made it; only its digest is kept."""

    __tablename__ = "access_tokens"
    __table_args__ = (one_of("role", Role),)

    user_id: Mapped[str] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    name: Mapped[str]
    role: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True, info=SECRET)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SavedView(Named, Base):
    """A page with its filters, under a name."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    user_id: Mapped[str] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    name: Mapped[str]
    page: Mapped[str]
    search: Mapped[str]
    is_shared: Mapped[bool] = mapped_column(default=False)


class Notification(Named, Base):
    """Something a person should know; for everybody when it names nobody."""

    __tablename__ = "notifications"

    user_id: Mapped[str | None] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    link: Mapped[str]


class NotificationRead(Base):
    """Who has read which notification."""

    __tablename__ = "notification_reads"

    notification_id: Mapped[str] = mapped_column(ForeignKey(Notification.id, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Audit(Base):
    """One change: who, in which role, what, before, after, when. Rows are only ever added."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    actor: Mapped[str]
    role: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
