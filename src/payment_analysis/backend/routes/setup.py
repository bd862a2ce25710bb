"""Setup & Run: the jobs, the pipelines, where everything is, and what is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from payment_analysis.backend.dependencies import PersonDep, StoreDep
from payment_analysis.backend.operating import Connection, Jobs, OperatedDep, OperatingDep
from payment_analysis.backend.routes.setup_models import (
    ChecklistOut,
    ConnectionOut,
    JobRunOut,
    JobsOut,
    PipelineOut,
    PipelinesOut,
    RunJobIn,
    RunPipelineIn,
    SetupConfigIn,
    SetupConfigOut,
    SetupDefaultsOut,
    SetupSettingsOut,
    WorkspaceConfigOut,
    checklist,
    job_out,
    pipeline_out,
    run_out,
)
from payment_analysis.domain.workflow import JOBS
from payment_analysis.store.configuration import AppConfig, AppSetting
from payment_analysis.store.first_rows import change_place

router = APIRouter(prefix="/api", tags=["setup"])

POLL_SECONDS: Final = 0.7
STREAM_SECONDS_MAX: Final = 600


@router.get("/setup/connection", operation_id="getSetupConnection")
def get_setup_connection(operating: OperatingDep, request: Request, person: PersonDep) -> ConnectionOut:
    """How the application is connected, and what is missing."""
    return _connection(operating.connection(request), person.name)


@router.get("/config/workspace", operation_id="getWorkspaceConfig")
def get_workspace_config(operating: OperatingDep, request: Request) -> WorkspaceConfigOut:
    """The workspace's address; empty on one machine."""
    return WorkspaceConfigOut(workspace_url=operating.connection(request).workspace_host)


@router.get("/setup/defaults", operation_id="getSetupDefaults")
def get_setup_defaults(operated: OperatedDep, store: StoreDep, person: PersonDep) -> SetupDefaultsOut:
    """Catalog and schema in force, and the ids of jobs and pipelines."""
    config = _config(store)
    return SetupDefaultsOut(
        catalog=config.catalog,
        schema=config.schema_name,
        warehouse_id=operated.connection.warehouse_id,
        jobs={one.key: one.id for one in operated.jobs.standings()},
        pipelines={one.key: one.id for one in operated.pipelines.standings()},
        connection=_connection(operated.connection, person.name),
    )


@router.get("/setup/settings", operation_id="getSetupSettings")
def get_setup_settings(store: StoreDep) -> SetupSettingsOut:
    """The settings that job 1 wrote."""
    with store.read() as session:
        return SetupSettingsOut(settings={one.key: one.value for one in session.scalars(select(AppSetting))})


@router.get("/setup/config", operation_id="getSetupConfig")
def get_setup_config(store: StoreDep) -> SetupConfigOut:
    """The catalog and schema in force."""
    return _config(store)


@router.patch("/setup/config", operation_id="updateSetupConfig")
def update_setup_config(
    body: SetupConfigIn, operated: OperatedDep, store: StoreDep, person: PersonDep
) -> SetupConfigOut:
    """Check that catalog and schema are there, and save them."""
    operated.schema.check(body.catalog, body.schema_name)
    with store.change(person.actor) as session:
        change_place(session, body.catalog, body.schema_name)
    return _config(store)


@router.get("/setup/jobs", operation_id="listSetupJobs")
def list_setup_jobs(operated: OperatedDep) -> JobsOut:
    """The seven jobs with their newest runs."""
    found = {one.key: one for one in operated.jobs.standings()}
    return JobsOut(where=operated.connection.where, jobs=[job_out(job, found[job.key]) for job in JOBS])


@router.post("/setup/run-job", operation_id="runSetupJob")
def run_setup_job(body: RunJobIn, operated: OperatedDep, person: PersonDep) -> JobRunOut:
    """Start a job with its own parameters."""
    return run_out(operated.jobs.run(body.job, body.parameters, person.name))


@router.get("/setup/runs/{run_id}", operation_id="getSetupRun")
def get_setup_run(run_id: str, operated: OperatedDep) -> JobRunOut:
    """One run with its tasks."""
    return run_out(operated.jobs.get(run_id))


@router.post("/setup/runs/{run_id}/cancel", operation_id="cancelSetupRun")
def cancel_setup_run(run_id: str, operated: OperatedDep) -> JobRunOut:
    """Ask a run to end."""
    operated.jobs.cancel(run_id)
    return run_out(operated.jobs.get(run_id))


@router.get(
    "/setup/runs/{run_id}/log",
    operation_id="streamSetupRun",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Lines."}},
)
async def stream_setup_run(
    request: Request,
    run_id: str,
    operated: OperatedDep,
    *,
    after: Annotated[int, Query(ge=0, le=2**52, description="The last line that is known.")] = 0,
    seconds: Annotated[int, Query(ge=0, le=STREAM_SECONDS_MAX, description="How long to listen.")] = STREAM_SECONDS_MAX,
) -> StreamingResponse:
    """What a run says, as it says it: events `lines`, and `end` with its state when it is over."""
    await run_in_threadpool(operated.jobs.get, run_id)
    return StreamingResponse(
        _spoken(request, operated.jobs, run_id, after, seconds),
        media_type="text/event-stream",
        headers={"cache-control": "no-store"},
    )


async def _spoken(request: Request, jobs: Jobs, run_id: str, after: int, seconds: int) -> AsyncIterator[bytes]:
    ends, place = time.monotonic() + seconds, after
    while True:
        run = await run_in_threadpool(jobs.get, run_id)
        lines = await run_in_threadpool(jobs.lines, run_id, place)
        if lines:
            place = lines[-1].number
            told = [{"number": one.number, "at": one.at, "task": one.task, "text": one.text} for one in lines]
            yield _event("lines", told)
        elif run.state.is_over:
            yield _event("end", {"state": run.state})
            return
        if time.monotonic() >= ends or await request.is_disconnected():
            return
        if not lines:
            await asyncio.sleep(POLL_SECONDS)


def _event(name: str, data: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(data, default=str))


@router.get("/setup/pipelines", operation_id="listSetupPipelines")
def list_setup_pipelines(operated: OperatedDep) -> PipelinesOut:
    """Both pipelines: at work or not, and how far behind."""
    return PipelinesOut(pipelines=[pipeline_out(one) for one in operated.pipelines.standings()])


@router.post("/setup/run-pipeline", operation_id="runSetupPipeline")
def run_setup_pipeline(body: RunPipelineIn, operated: OperatedDep) -> PipelineOut:
    """Start or stop a pipeline."""
    if body.action == "start":
        operated.pipelines.start(body.pipeline)
    else:
        operated.pipelines.stop(body.pipeline)
    return next(pipeline_out(one) for one in operated.pipelines.standings() if one.key == body.pipeline)


@router.get("/setup/checklist", operation_id="getSetupChecklist")
def get_setup_checklist(operated: OperatedDep) -> ChecklistOut:
    """What should be there after the jobs, and what is."""
    schema = operated.schema
    return checklist(schema.tables(), schema.models(), schema.dashboards())


def _connection(found: Connection, person: str) -> ConnectionOut:
    return ConnectionOut(
        where=found.where,
        person=found.person or person,
        workspace_host=found.workspace_host,
        token_received=found.token_way in {"forwarded", "bearer"},
        token_way=found.token_way,
        workspace_url_derived=found.is_host_derived,
        store=found.store,
        problem=found.problem,
        hint=found.hint,
    )


def _config(store: Any) -> SetupConfigOut:
    with store.read() as session:
        held = session.get(AppConfig, 1)
        if held is None:
            return SetupConfigOut(catalog="main", schema="payment_analysis", is_saved=False)
        return SetupConfigOut(catalog=held.catalog, schema=held.schema, is_saved=True)
