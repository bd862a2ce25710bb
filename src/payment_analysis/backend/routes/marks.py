"""What people and the application changed, as marks beside a rate over time: a movement often begins at one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import select

from payment_analysis.backend.dependencies import StoreDep
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.configuration import ApprovalRule, DecisionConfig
from payment_analysis.store.decisions import Experiment
from payment_analysis.store.model_changes import ModelChange
from payment_analysis.store.operations import Incident
from payment_analysis.store.people import Audit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

router = APIRouter(prefix="/api", tags=["analytics"])

MARKS_MAX: Final = 200


class MarkKind(StrEnum):
    """What changed."""

    RULE = "rule"
    EXPERIMENT = "experiment"
    MODEL = "model"
    SETTING = "setting"
    INCIDENT = "incident"


PAGES: Final[dict[MarkKind, str]] = {
    MarkKind.RULE: "/rules?id={id}",
    MarkKind.EXPERIMENT: "/experiments?id={id}",
    MarkKind.MODEL: "/models",
    MarkKind.SETTING: "/decisioning",
    MarkKind.INCIDENT: "/incidents?id={id}",
}
OF_THE_APPLICATION: Final = {MarkKind.INCIDENT, MarkKind.MODEL}  # else what it writes on the first day would be marks
_OF_SUBJECT: Final[dict[str, MarkKind]] = {
    ApprovalRule.__tablename__: MarkKind.RULE,
    Experiment.__tablename__: MarkKind.EXPERIMENT,
    ModelChange.__tablename__: MarkKind.MODEL,
    DecisionConfig.__tablename__: MarkKind.SETTING,
    Incident.__tablename__: MarkKind.INCIDENT,
}


class Mark(BaseModel):
    """Something changed."""

    at: datetime = Field(description="When.")
    kind: MarkKind = Field(description="What kind of thing.")
    title: str = Field(description="What changed, in words.")
    by: str = Field(description="Who changed it.")
    link: str = Field(description="Page that shows it.")


@router.get("/marks", operation_id="listMarks")
def list_marks(
    store: StoreDep,
    since: Annotated[AwareDatetime, Query(description="From this instant.")],
    until: Annotated[AwareDatetime | None, Query(description="Before this instant; absent: until now.")] = None,
) -> list[Mark]:
    """Rules, experiments, models, settings and incidents that changed, the oldest first; at most the newest 200."""
    wanted = select(Audit).where(Audit.at >= since, Audit.subject.in_(_OF_SUBJECT)).order_by(Audit.id.desc())
    if until is not None:
        wanted = wanted.where(Audit.at < until)
    with store.read() as session:
        return list(_marks(session, list(session.scalars(wanted.limit(MARKS_MAX)))))[::-1]


def _marks(session: Session, rows: list[Audit]) -> Iterator[Mark]:
    names = _names(session, rows)
    for row in rows:
        kind, after = _OF_SUBJECT[row.subject], row.after or {}
        if row.role == SYSTEM.role and kind not in OF_THE_APPLICATION:
            continue
        name = names.get((row.subject, row.subject_id), "deleted")
        match kind:
            case MarkKind.RULE | MarkKind.EXPERIMENT if "status" in after:
                title = f"{kind.capitalize()} {name}: {after['status']}"
            case MarkKind.MODEL:
                title = f"{after.get('model')}: version {after.get('version')} answers"
            case MarkKind.SETTING:
                title = f"{row.subject_id}: {after.get('value', 'back to its default')}"
            case MarkKind.INCIDENT if row.action == "create":
                title = f"Incident: {name}"
            case _:
                continue
        link = PAGES[kind].format(id=row.subject_id)
        yield Mark(at=row.at, kind=kind, title=title, by=row.actor, link=link)


def _names(session: Session, rows: list[Audit]) -> dict[tuple[str, str], str]:
    """What things are called now, by table and id."""
    questions = {
        ApprovalRule.__tablename__: select(ApprovalRule.id, ApprovalRule.name),
        Experiment.__tablename__: select(Experiment.id, Experiment.name),
        Incident.__tablename__: select(Incident.id, Incident.title),
    }
    names = {}
    for table, question in questions.items():
        wanted = {row.subject_id for row in rows if row.subject == table}
        for number, called in session.execute(question.where(question.selected_columns.id.in_(wanted))):
            names[table, number] = called
    return names
