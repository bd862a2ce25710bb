"""What Setup & Run says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from payment_analysis.dashboards.reading import CATEGORIES
from payment_analysis.domain.runs import JobStanding, PipelineStanding, RunStanding
from payment_analysis.domain.workflow import PIPELINES, Job, RunState
from payment_analysis.lakehouse.table import load_sources, load_tables
from payment_analysis.ml.names import MODEL_NAMES

NAME = r"^[A-Za-z0-9_][A-Za-z0-9_-]*$"


class ConnectionOut(BaseModel):
    """How the application is connected."""

    where: Literal["embedded", "databricks"] = Field(description="Which engine answers and runs the jobs.")
    person: str = Field(description="Who asks.")
    workspace_host: str = Field(description="The workspace's address; empty on one machine.")
    token_received: bool = Field(description="Whether the user's own token came with the request.")
    token_way: str = Field(description="How the token came: forwarded, bearer, environment; empty on one machine.")
    workspace_url_derived: bool = Field(description="Whether the address was told by the application's own name.")
    store: str = Field(description="The operational store.")
    problem: str = Field(description="What is missing; empty when nothing is.")
    hint: str = Field(description="What to do about it.")


class WorkspaceConfigOut(BaseModel):
    """The workspace's address."""

    workspace_url: str = Field(description="Empty on one machine.")


class SetupConfigIn(BaseModel):
    """A catalog and a schema."""

    model_config = ConfigDict(populate_by_name=True)

    catalog: str = Field(max_length=255, pattern=NAME, description="Unity Catalog.")
    schema_name: str = Field(alias="schema", max_length=255, pattern=NAME, description="Schema of the catalog.")


class SetupConfigOut(BaseModel):
    """The catalog and schema in force."""

    model_config = ConfigDict(populate_by_name=True)

    catalog: str = Field(description="Unity Catalog.")
    schema_name: str = Field(alias="schema", description="Schema of the catalog.")
    is_saved: bool = Field(description="False while they are only the usual ones.")


class SetupSettingsOut(BaseModel):
    """Settings by name."""

    settings: dict[str, str] = Field(description="Empty until job 1 has run.")


class SetupDefaultsOut(BaseModel):
    """What a run would use."""

    model_config = ConfigDict(populate_by_name=True)

    catalog: str = Field(description="Unity Catalog.")
    schema_name: str = Field(alias="schema", description="Schema of the catalog.")
    warehouse_id: str = Field(description="SQL warehouse; empty on one machine.")
    jobs: dict[str, str] = Field(description="Id of each job by key; empty where the workspace has none.")
    pipelines: dict[str, str] = Field(description="Id of each pipeline by key.")
    connection: ConnectionOut = Field(description="Where jobs run, and as whom.")


class JobTaskOut(BaseModel):
    """One task of a run."""

    key: str = Field(description="Name of the task.")
    state: RunState = Field(description="Where it stands.")
    seconds: float | None = Field(description="How long it took, or takes so far; null before it began.")
    error: str = Field(description="What went wrong; empty when nothing did.")
    hint: str = Field(description="What to do about it.")
    report: dict[str, Any] | None = Field(description="The facts it reported.")


class JobRunOut(BaseModel):
    """One run of a job."""

    id: str = Field(description="Id of the run.")
    job: str = Field(description="Key of the job.")
    state: RunState = Field(description="Where it stands.")
    requested_by: str = Field(description="Who asked for it.")
    started_at: datetime | None = Field(description="When it began.")
    ended_at: datetime | None = Field(description="When it ended.")
    seconds: float | None = Field(description="How long it took, or takes so far; null before it began.")
    error: str = Field(description="What went wrong; empty when nothing did.")
    hint: str = Field(description="What to do about it.")
    url: str = Field(description="Where the workspace shows it; empty on one machine.")
    tasks: list[JobTaskOut] = Field(description="Its tasks in order.")
    parameters: dict[str, str] = Field(description="What was set.")


class ParameterOut(BaseModel):
    """One thing that may be set for a run."""

    name: str = Field(description="Name.")
    default: str = Field(description="Usual value.")
    meaning: str = Field(description="What it means.")


class PlannedTask(BaseModel):
    """One task of a job."""

    key: str = Field(description="Name of the task.")
    purpose: str = Field(description="What is true after it.")


class JobOut(BaseModel):
    """A job and its newest run."""

    number: int = Field(description="Place in the order.")
    key: str = Field(description="Key in the bundle.")
    id: str = Field(description="The workspace's id; the key on one machine; empty when it is not deployed.")
    name: str = Field(description="Name.")
    purpose: str = Field(description="What it is for.")
    after: list[str] = Field(description="Jobs and pipelines that make what it reads.")
    tasks: list[PlannedTask] = Field(description="Its tasks in order.")
    parameters: list[ParameterOut] = Field(description="What may be set.")
    url: str = Field(description="Where the workspace shows it; empty on one machine.")
    last: JobRunOut | None = Field(description="Its newest run.")


class JobsOut(BaseModel):
    """The seven jobs."""

    where: Literal["embedded", "databricks"] = Field(description="Where they run.")
    jobs: list[JobOut] = Field(description="In order.")


class RunJobIn(BaseModel):
    """Which job to run, and what is set."""

    job: str = Field(max_length=100, description="Key of the job.")
    parameters: dict[str, str] = Field(default_factory=dict, description="Only what differs from the usual.")


class PipelineOut(BaseModel):
    """A pipeline."""

    key: str = Field(description="Key in the bundle.")
    id: str = Field(description="The workspace's id; the key on one machine; empty when it is not deployed.")
    name: str = Field(description="Name.")
    state: str = Field(description="idle, running, stopping, failed or missing.")
    lag_seconds: float | None = Field(description="How far behind; null when that is not known.")
    detail: str = Field(description="More about it.")
    url: str = Field(description="Where the workspace shows it; empty on one machine.")
    is_caught_up: bool = Field(description="It is at work, and everything that has landed is taken.")


class PipelinesOut(BaseModel):
    """Both pipelines."""

    pipelines: list[PipelineOut] = Field(description="In order.")


class RunPipelineIn(BaseModel):
    """Which pipeline, and what to do with it."""

    pipeline: str = Field(max_length=100, description="Key of the pipeline.")
    action: Literal["start", "stop"] = Field(description="What to do.")


class ChecklistItem(BaseModel):
    """One thing that should be there."""

    name: str = Field(description="Its name.")
    is_there: bool = Field(description="Whether it is.")
    url: str = Field(description="Where the workspace shows it; empty when nowhere.")


class ChecklistOut(BaseModel):
    """What should be there after the jobs."""

    tables: list[ChecklistItem] = Field(description="Tables.")
    views: list[ChecklistItem] = Field(description="Views.")
    models: list[ChecklistItem] = Field(description="Models with a champion.")
    dashboards: list[ChecklistItem] = Field(description="Published dashboards.")


def job_out(job: Job, found: JobStanding) -> JobOut:
    return JobOut(
        number=job.number,
        key=job.key,
        id=found.id,
        name=job.name,
        purpose=job.purpose,
        after=list(job.after),
        tasks=[PlannedTask(key=one.key, purpose=one.purpose) for one in job.tasks],
        parameters=[ParameterOut(name=one.name, default=one.default, meaning=one.meaning) for one in job.parameters],
        url=found.url,
        last=None if found.last is None else run_out(found.last),
    )


def run_out(run: RunStanding) -> JobRunOut:
    return JobRunOut(
        id=run.id,
        job=run.job,
        state=run.state,
        requested_by=run.requested_by,
        started_at=run.started_at,
        ended_at=run.ended_at,
        seconds=_seconds(run.started_at, run.ended_at),
        error=run.error,
        hint=run.hint,
        url=run.url,
        parameters=dict(run.parameters),
        tasks=[
            JobTaskOut(
                key=one.key,
                state=one.state,
                seconds=_seconds(one.started_at, one.ended_at),
                error=one.error,
                hint=one.hint,
                report=None if one.report is None else dict(one.report),
            )
            for one in run.tasks
        ],
    )


def pipeline_out(found: PipelineStanding) -> PipelineOut:
    return PipelineOut(
        key=found.key,
        id=found.id,
        name=PIPELINES[found.key],
        state=found.state,
        lag_seconds=found.lag_seconds,
        detail=found.detail,
        url=found.url,
        is_caught_up=found.is_caught_up,
    )


def checklist(tables: set[str], models: set[str], dashboards: Mapping[str, str]) -> ChecklistOut:
    defined = load_tables().values()
    stored = [*load_sources(), *(one.name for one in defined if one.kind == "table")]
    views = [one.name for one in defined if one.kind == "view"]
    return ChecklistOut(
        tables=[ChecklistItem(name=name, is_there=name in tables, url="") for name in stored],
        views=[ChecklistItem(name=name, is_there=name in tables, url="") for name in views],
        models=[ChecklistItem(name=name, is_there=name in models, url="") for name in MODEL_NAMES],
        dashboards=[
            ChecklistItem(name=name, is_there=name in dashboards, url=dashboards.get(name, "")) for name in CATEGORIES
        ],
    )


def _seconds(began: datetime | None, ended: datetime | None) -> float | None:
    if began is None:
        return None
    return ((ended or datetime.now(began.tzinfo)) - began).total_seconds()
