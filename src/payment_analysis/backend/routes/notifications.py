"""Notifications: what somebody should know, and whether they have read it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Select, and_, func, or_, select

from payment_analysis.backend.dependencies import PersonDep, StoreDep
from payment_analysis.backend.fields import Identifier
from payment_analysis.domain.errors import NotFound
from payment_analysis.store.people import Notification, NotificationRead

router = APIRouter(prefix="/api/notifications", tags=["people"])


class NotificationOut(BaseModel):
    """Something to know."""

    id: str = Field(description="Id of the notification.")
    kind: str = Field(description="What it is about.")
    title: str = Field(description="The news.")
    body: str = Field(description="More about it.")
    link: str = Field(description="Where to go on.")
    created_at: datetime = Field(description="When it was written.")
    read_at: datetime | None = Field(description="When you read it; null when you have not.")


class Notifications(BaseModel):
    """What there is to know."""

    rows: list[NotificationOut] = Field(description="The newest first.")
    unread: int = Field(description="How many you have not read.")


class Read(BaseModel):
    """What was marked."""

    marked: int = Field(description="Notifications that were unread before.")


def _of(person_id: str) -> Select[Notification, datetime]:
    """The notifications somebody sees, each with when they read it."""
    read = and_(NotificationRead.notification_id == Notification.id, NotificationRead.user_id == person_id)
    return (
        select(Notification, NotificationRead.read_at)
        .join(NotificationRead, read, isouter=True)
        .where(or_(Notification.user_id.is_(None), Notification.user_id == person_id))
    )


@router.get("", operation_id="listNotifications")
def list_notifications(
    store: StoreDep,
    person: PersonDep,
    unread_only: Annotated[bool, Query(description="Only what you have not read.")] = False,
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 50,
) -> Notifications:
    """What there is to know, the newest first."""
    unread = _of(person.id).where(NotificationRead.read_at.is_(None))
    wanted = (unread if unread_only else _of(person.id)).order_by(Notification.created_at.desc()).limit(limit)
    with store.read() as session:
        rows = [
            NotificationOut(
                id=one.id,
                kind=one.kind,
                title=one.title,
                body=one.body,
                link=one.link,
                created_at=one.created_at,
                read_at=read_at,
            )
            for one, read_at in session.execute(wanted)
        ]
        count = session.execute(select(func.count()).select_from(unread.subquery())).scalar_one()
    return Notifications(rows=rows, unread=count)


@router.post("/read-all", operation_id="markAllNotificationsRead")
def mark_all_notifications_read(store: StoreDep, person: PersonDep) -> Read:
    """Mark everything as read."""
    with store.change(person.actor) as session:
        unread = session.execute(_of(person.id).where(NotificationRead.read_at.is_(None))).all()
        session.add_all([NotificationRead(notification_id=one.id, user_id=person.id) for one, _ in unread])
    return Read(marked=len(unread))


@router.post("/{notification_id}/read", operation_id="markNotificationRead")
def mark_notification_read(notification_id: Identifier, store: StoreDep, person: PersonDep) -> Read:
    """Mark one as read."""
    with store.change(person.actor) as session:
        found = session.execute(_of(person.id).where(Notification.id == notification_id)).first()
        if found is None:
            raise NotFound(f"There is no notification {notification_id} for you.", hint="GET /api/notifications")
        is_news = session.get(NotificationRead, (notification_id, person.id)) is None
        if is_news:
            session.add(NotificationRead(notification_id=notification_id, user_id=person.id))
    return Read(marked=int(is_news))
