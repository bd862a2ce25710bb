"""Remediation tasks: what is done about an incident."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from payment_analysis.backend.dependencies import PersonDep, StoreDep
from payment_analysis.backend.fields import Identifier, LongText, Text
from payment_analysis.backend.routes.incidents import incident_of
from payment_analysis.domain.errors import NotFound
from payment_analysis.domain.incidents import TaskStatus
from payment_analysis.store.operations import RemediationTask

router = APIRouter(prefix="/api/incidents/{incident_id}/tasks", tags=["incidents"])


class TaskOut(BaseModel):
    """A thing to do about an incident."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the task.")
    incident_id: str = Field(description="The incident it belongs to.")
    status: TaskStatus = Field(description="Where it stands.")
    title: str = Field(description="What to do.")
    action: str | None = Field(description="How.")
    owner: str | None = Field(description="Who does it.")
    created_at: datetime = Field(description="When it was written down.")


class TaskIn(BaseModel):
    """A new task."""

    title: Text = Field(description="What to do.")
    action: LongText | None = Field(default=None, description="How.")
    owner: Text | None = Field(default=None, description="Who does it.")


class TaskChange(BaseModel):
    """What may be changed; what is left out stays."""

    status: TaskStatus | None = Field(default=None, description="Where it stands.")
    title: Text | None = Field(default=None, description="What to do.")
    action: LongText | None = Field(default=None, description="How.")
    owner: Text | None = Field(default=None, description="Who does it.")


@router.get("", operation_id="listRemediationTasks")
def list_remediation_tasks(incident_id: Identifier, store: StoreDep) -> list[TaskOut]:
    """The tasks of an incident, the oldest first."""
    with store.read() as session:
        incident_of(session, incident_id)
        wanted = select(RemediationTask).where(RemediationTask.incident_id == incident_id)
        return [TaskOut.model_validate(one) for one in session.scalars(wanted.order_by(RemediationTask.created_at))]


@router.post("", operation_id="createRemediationTask", status_code=201)
def create_remediation_task(incident_id: Identifier, body: TaskIn, store: StoreDep, person: PersonDep) -> TaskOut:
    """Add a task to an incident."""
    with store.change(person.actor) as session:
        task = RemediationTask(incident_id=incident_of(session, incident_id).id, **body.model_dump())
        session.add(task)
        session.flush()
        return TaskOut.model_validate(task)


@router.patch("/{task_id}", operation_id="updateRemediationTask")
def update_remediation_task(
    incident_id: Identifier, task_id: Identifier, body: TaskChange, store: StoreDep, person: PersonDep
) -> TaskOut:
    """Change a task."""
    with store.change(person.actor) as session:
        task = session.get(RemediationTask, task_id)
        if task is None or task.incident_id != incident_id:
            raise NotFound(f"The incident {incident_id} has no task {task_id}.", hint="list its tasks")
        for name, value in body.model_dump(exclude_none=True).items():
            setattr(task, name, value)
        session.flush()
        return TaskOut.model_validate(task)
