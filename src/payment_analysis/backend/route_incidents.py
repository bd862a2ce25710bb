"""Routes that are left and return, written among the incidents: every step, with the figures it rests on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from payment_analysis.decisioning.route_watch import FALSE_ALARM_OUTCOMES, Event, Step
from payment_analysis.domain.incidents import IncidentStatus, Severity
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.operations import Incident
from payment_analysis.store.people import Notification

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from payment_analysis.store.database import Database

CATEGORY: Final = "route_down"


class RouteIncidents:
    """Writes in a thread of its own: a decision does not wait for it."""

    def __init__(self, store: Database) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="route-incidents")

    def tell(self, event: Event) -> None:
        """Write a step down."""
        self._thread.submit(write_step, self._store, event)

    def wait(self) -> None:
        """Until every step told so far is written."""
        self._thread.submit(int).result()

    def close(self) -> None:
        """Write what waits."""
        self._thread.shutdown()


def write_step(store: Database, event: Event) -> None:
    """Open the incident of a route that was left, or resolve it when the route is back."""
    with store.change(SYSTEM) as session:
        incident = _open(session, event.route)
        if event.step is Step.LEFT and incident is None:
            incident = _begun(event)
            session.add(incident)
            session.flush()
        if incident is None:
            return
        incident.details = {**incident.details, "steps": [*incident.details.get("steps", []), _told(event)]}
        if event.step is Step.RETURNED:
            incident.status = IncidentStatus.RESOLVED
            incident.resolved_at = _at(event.at_s)
        session.add(
            Notification(kind="incident", title=event.words, body=incident.key, link=f"/incidents?id={incident.id}")
        )


def _open(session: Session, route: str) -> Incident | None:
    wanted = select(Incident).where(
        Incident.category == CATEGORY, Incident.key == f"psp={route}", Incident.status != IncidentStatus.RESOLVED
    )
    return session.scalars(wanted.order_by(Incident.created_at.desc()).limit(1)).first()


def _begun(event: Event) -> Incident:
    return Incident(
        category=CATEGORY,
        key=f"psp={event.route}",
        title=f"{event.route} is down and was taken out of routing",
        severity=Severity.HIGH,
        status=IncidentStatus.MITIGATING,
        details={"false_alarm_outcomes": FALSE_ALARM_OUTCOMES, "steps": []},
        began_at=_at(event.began_s),
    )


def _told(event: Event) -> dict[str, Any]:
    return {
        "step": event.step,
        "at": _at(event.at_s).isoformat(),
        "failures": event.failures,
        "outcomes": event.outcomes,
        "words": event.words,
    }


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
