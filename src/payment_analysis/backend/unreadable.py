"""What is in force and does not read, written among the incidents: decisions go on without it, and somebody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from payment_analysis.domain.incidents import IncidentStatus, Severity
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.operations import Incident
from payment_analysis.store.people import Notification

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from payment_analysis.backend.rule_book import Unreadable
    from payment_analysis.store.database import Database

CATEGORY: Final = "unreadable"


def tell_unreadable(store: Database, unreadable: Sequence[Unreadable], now: datetime) -> None:
    """Open an incident for each that has none, and resolve those of what reads again or is out of force."""
    with store.change(SYSTEM) as session:
        wanted = select(Incident).where(Incident.category == CATEGORY, Incident.status != IncidentStatus.RESOLVED)
        known = {incident.key: incident for incident in session.scalars(wanted)}
        there = {f"{one.kind}={one.row_id}": one for one in unreadable}
        for key in known.keys() - there.keys():
            known[key].status, known[key].resolved_at = IncidentStatus.RESOLVED, now
        for key in sorted(there.keys() - known.keys()):
            one = there[key]
            incident = Incident(
                category=CATEGORY,
                key=key,
                title=f"The {one.kind} {one.name} does not read, and decisions are made without it",
                severity=Severity.HIGH,
                details={"why": one.why},
                began_at=now,
            )
            session.add(incident)
            session.flush()
            link = f"/incidents?id={incident.id}"
            session.add(Notification(kind="incident", title=incident.title, body=one.why, link=link))
