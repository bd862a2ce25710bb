"""The numbered jobs as the workspace has them: found by name, run, watched."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from databricks.sdk.service.jobs import RunLifeCycleState, RunResultState

from payment_analysis.domain.errors import BadInput, NotFound
from payment_analysis.domain.runs import JobStanding, LogLine, RunStanding, TaskStanding
from payment_analysis.domain.workflow import JOBS, RunState
from payment_analysis.workspace.boards import bare
from payment_analysis.workspace.connection import named_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.jobs import BaseRun, Run, RunTask
    from databricks.sdk.service.jobs import RunState as SdkState

NO_JOB: Final = "0"  # how the documents write "not configured"
_ENDED: Final = {
    RunResultState.SUCCESS: RunState.SUCCEEDED,
    RunResultState.SUCCESS_WITH_FAILURES: RunState.SUCCEEDED,
    RunResultState.CANCELED: RunState.CANCELLED,
    RunResultState.UPSTREAM_CANCELED: RunState.CANCELLED,
    RunResultState.UPSTREAM_FAILED: RunState.CANCELLED,
    RunResultState.EXCLUDED: RunState.CANCELLED,
}
_GOING: Final = {
    RunLifeCycleState.PENDING: RunState.WAITING,
    RunLifeCycleState.QUEUED: RunState.WAITING,
    RunLifeCycleState.BLOCKED: RunState.WAITING,
    RunLifeCycleState.WAITING_FOR_RETRY: RunState.WAITING,
    RunLifeCycleState.RUNNING: RunState.RUNNING,
    RunLifeCycleState.TERMINATING: RunState.RUNNING,
    RunLifeCycleState.SKIPPED: RunState.CANCELLED,
    RunLifeCycleState.INTERNAL_ERROR: RunState.FAILED,
}


class WorkspaceJobs:
    """Jobs 1 to 7 of a workspace; `DATABRICKS_JOB_ID_<KEY>` overrides what the names say."""

    def __init__(self, client: WorkspaceClient, environment: Mapping[str, str] | None = None) -> None:
        self._client = client
        self._environment = environment or {}
        self._ids: dict[str, str] = {}

    def refresh(self) -> None:
        """Look the ids up again."""
        self._ids = {}

    def ids(self) -> dict[str, str]:
        """Id of every job that is there, by key."""
        if not self._ids:
            by_name = {job.name: job.key for job in JOBS}
            with named_errors("listing jobs"):
                held = {
                    bare(str(one.settings.name)): str(one.job_id) for one in self._client.jobs.list() if one.settings
                }
            given = {job.key: self._environment.get(f"DATABRICKS_JOB_ID_{job.key.upper()}", "") for job in JOBS}
            self._ids = {by_name[name]: number for name, number in held.items() if name in by_name}
            self._ids |= {key: number for key, number in given.items() if number not in {"", NO_JOB}}
        return self._ids

    def standings(self) -> list[JobStanding]:
        """Every job with its newest run."""
        found, host = self.ids(), self._client.config.host
        return [
            JobStanding(job.key, found[job.key], self._last(job.key, found[job.key]), f"{host}/jobs/{found[job.key]}")
            if job.key in found
            else JobStanding(job.key, "", None)
            for job in JOBS
        ]

    def run(self, key: str, parameters: Mapping[str, str], requested_by: str) -> RunStanding:
        """Start a job with only the parameters it has; who asked is known to the workspace by their token."""
        del requested_by
        number = self.ids().get(key)
        if number is None:
            raise NotFound(f"the workspace has no job {key}", hint="deploy the bundle, then refresh the job ids")
        with named_errors(f"starting {key}"):
            started = self._client.jobs.run_now(int(number), job_parameters=dict(parameters))
        return self.get(str(started.run_id))

    def get(self, run_id: str) -> RunStanding:
        """A run with its tasks."""
        with named_errors(f"looking at run {run_id}"):
            run = self._client.jobs.get_run(_number(run_id))
        keys = {number: key for key, number in self.ids().items()}
        return self._standing(keys.get(str(run.job_id), str(run.job_id)), run)

    def lines(self, run_id: str, after: int) -> list[LogLine]:
        """What the tasks that ended said; a workspace tells it only at the end of a task."""
        lines: list[LogLine] = []
        with named_errors(f"reading what run {run_id} said"):
            for task in self._client.jobs.get_run(_number(run_id)).tasks or []:
                if task.run_id is None or task.state is None or task.state.result_state is None:
                    continue
                output = self._client.jobs.get_run_output(task.run_id)
                said = output.logs or (output.notebook_output.result if output.notebook_output else None) or ""
                texts = [*said.splitlines(), *([output.error] if output.error else [])]
                lines += [LogLine(len(lines) + place, _when(task.end_time), task.task_key, text)
                          for place, text in enumerate(texts, 1)]  # fmt: skip
        return [line for line in lines if line.number > after]

    def cancel(self, run_id: str) -> None:
        with named_errors(f"cancelling run {run_id}"):
            self._client.jobs.cancel_run(_number(run_id))

    def _last(self, key: str, number: str) -> RunStanding | None:
        with named_errors(f"listing runs of {key}"):
            newest = next(iter(self._client.jobs.list_runs(job_id=int(number), limit=1, expand_tasks=True)), None)
        return None if newest is None else self._standing(key, newest)

    def _standing(self, key: str, run: Run | BaseRun) -> RunStanding:
        tasks = tuple(_task(one) for one in run.tasks or [])
        failed = next((one for one in tasks if one.error), None)
        state = _state(run.state)
        message = (run.state.state_message or "") if run.state and state is RunState.FAILED else ""
        return RunStanding(
            id=str(run.run_id),
            job=key,
            state=state,
            requested_by=str(run.creator_user_name or ""),
            started_at=_when(run.start_time),
            ended_at=_when(run.end_time),
            error=failed.error if failed else message,
            url=str(run.run_page_url or ""),
            tasks=tasks,
            parameters={str(one.name): str(one.value or one.default or "") for one in run.job_parameters or []},
        )


def _task(task: RunTask) -> TaskStanding:
    state = _state(task.state)
    error = (task.state.state_message or "failed") if task.state and state is RunState.FAILED else ""
    return TaskStanding(task.task_key, state, _when(task.start_time), _when(task.end_time), error)


def _state(state: SdkState | None) -> RunState:
    if state is None:
        return RunState.WAITING
    if state.result_state is not None:
        return _ENDED.get(state.result_state, RunState.FAILED)
    return _GOING.get(state.life_cycle_state or RunLifeCycleState.PENDING, RunState.WAITING)


def _when(milliseconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None


def _number(run_id: str) -> int:
    if not run_id.isascii() or not run_id.isdigit():
        raise BadInput(f"{run_id!r} is no run of a workspace", hint="its runs have numbers")
    return int(run_id)
