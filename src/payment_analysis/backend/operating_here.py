"""Jobs and pipelines on this machine: processes of ours, so that a page stays quick while models are trained."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import psutil

from payment_analysis.backend.model_registry import ModelRegistry
from payment_analysis.backend.operating import Connection, Operated
from payment_analysis.backend.processes import start
from payment_analysis.dashboards.gallery import Gallery
from payment_analysis.domain.errors import Conflict, NotFound, PaymentAnalysisError
from payment_analysis.domain.runs import JobStanding, LogLine, PipelineStanding, RunStanding, TaskStanding
from payment_analysis.domain.workflow import JOBS, RunState
from payment_analysis.lakehouse.deployment import quoted
from payment_analysis.lakehouse.pipeline_state import PIPELINES, PipelineState, known, status
from payment_analysis.lakehouse.table import load_tables
from payment_analysis.ml.names import MODEL_NAMES
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.runs import JobRun, last_run, lines_after, new_run, run_of, state_of, taken_over, tasks_of

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

    from fastapi import Request
    from sqlalchemy.orm import Session

    from payment_analysis.lakehouse.home import Home
    from payment_analysis.lakehouse.pipeline_state import PipelineStatus
    from payment_analysis.store.database import Database

STATES: Final = {
    PipelineState.STOPPED: "idle",
    PipelineState.STARTING: "running",
    PipelineState.RUNNING: "running",
    PipelineState.WAITING: "running",
    PipelineState.DEAD: "failed",
}
SILVER: Final = "payments_enriched_silver"
LINES_MAX: Final = 500


class JobsHere:
    """Runs `payment-analysis job run N` and reads what it writes down."""

    def __init__(self, home: Home, store: Database) -> None:
        self._home = home
        self._store = store
        self._started: list[subprocess.Popen[bytes]] = []

    def standings(self) -> list[JobStanding]:
        self._reap()
        with self._store.read() as session:
            return [JobStanding(job.key, job.key, self._last(session, job.key)) for job in JOBS]

    def run(self, key: str, parameters: Mapping[str, str], requested_by: str) -> RunStanding:
        job = next((one for one in JOBS if one.key == key), None)
        if job is None:
            raise NotFound(f"there is no job {key}", hint=f"there are {', '.join(one.key for one in JOBS)}")
        self._reap()
        with self._store.change(SYSTEM) as session:
            number = new_run(session, job, parameters, requested_by).id
        process = start(self._home.path, "job", "run", str(job.number), "--run", number)
        self._started.append(process)
        with self._store.change(SYSTEM) as session:
            taken_over(run_of(session, number), process.pid)
        return self.get(number)

    def get(self, run_id: str) -> RunStanding:
        self._reap()
        with self._store.read() as session:
            return _standing(session, run_of(session, run_id))

    def lines(self, run_id: str, after: int) -> list[LogLine]:
        with self._store.read() as session:
            run_of(session, run_id)
            return [
                LogLine(one.id, one.at, one.task, one.text) for one in lines_after(session, run_id, after, LINES_MAX)
            ]

    def cancel(self, run_id: str) -> None:
        """Ask the process to end; it writes down that it was cancelled."""
        with self._store.read() as session:
            run = run_of(session, run_id)
            state, process = state_of(run), run.process
        if state.is_over or process is None:
            raise Conflict(f"run {run_id} is {state} already", hint="there is nothing to cancel")
        psutil.Process(process).terminate()

    def _last(self, session: Session, key: str) -> RunStanding | None:
        run = last_run(session, key)
        return None if run is None else _standing(session, run)

    def _reap(self) -> None:
        """Let ended processes go, or they would stay as zombies."""
        self._started = [one for one in self._started if one.poll() is None]


def _standing(session: Session, run: JobRun) -> RunStanding:
    state = state_of(run)
    tasks = tuple(
        TaskStanding(
            one.task,
            state if state is RunState.INTERRUPTED and one.state == RunState.RUNNING else RunState(one.state),
            one.started_at,
            one.ended_at,
            one.error or "",
            one.hint or "",
            one.report,
        )
        for one in tasks_of(session, run.id)
    )
    return RunStanding(
        id=run.id,
        job=run.job,
        state=state,
        requested_by=run.requested_by,
        started_at=run.started_at,
        ended_at=run.ended_at,
        error=run.error or "",
        hint=run.hint or "",
        tasks=tasks,
        parameters=run.parameters,
    )


class PipelinesHere:
    """The pipelines of the home: continuous builds, each a process that goes on until it is stopped."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._asked: dict[str, tuple[str, subprocess.Popen[bytes]]] = {}  # what was asked last, and who does it

    def standings(self) -> list[PipelineStanding]:
        built = self._home.lakehouse().freshness([SILVER]).get(SILVER)
        held = (
            f"{built.rows:,} attempts, built {built.committed_at:%Y-%m-%d %H:%M} UTC"
            if built
            else "nothing is built yet"
        )
        told = {key: status(self._home, key) for key in PIPELINES}
        is_current = any(one.state is PipelineState.RUNNING and not one.waiting for one in told.values())
        return [self._standing(one, held, is_current=is_current) for one in told.values()]

    def start(self, key: str) -> str:
        """Let it run; one that runs is left alone."""
        known(key)
        return self._ask("start", key)

    def stop(self, key: str) -> None:
        """Let it finish the batch at hand and end."""
        known(key)
        self._ask("stop", key)

    def _ask(self, action: str, key: str) -> str:
        with self._lock:
            asked = start(self._home.path, "pipeline", action, key)
            self._asked[key] = (action, asked)
            return str(asked.pid)

    def _standing(self, told: PipelineStatus, held: str, *, is_current: bool) -> PipelineStanding:
        state, detail = STATES[told.state], held
        action, asked = self._asked.get(told.name, ("", None))
        code = asked.poll() if asked is not None else 0
        if code is None:
            state = "running" if action == "start" else "stopping"
        elif code and told.state is not PipelineState.RUNNING:
            state, detail = "failed", f"it did not {action}; its log is in the home's folder pipelines"
        if told.state is PipelineState.WAITING:
            detail = f"{held}; the other pipeline does the work"
        if told.last_error:
            detail = told.last_error
        is_working = state == "running"
        lag = told.lag_s if is_working else None
        return PipelineStanding(
            told.name, told.name, state, lag, detail, is_caught_up=is_working and code is not None and is_current
        )


class SchemaHere:
    """What the home holds."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def tables(self) -> set[str]:
        built = set(self._home.lakehouse().freshness())
        views = {one.name for one in load_tables().values() if one.kind == "view"} if SILVER in built else set[str]()
        return built | views

    def models(self) -> set[str]:
        registry = ModelRegistry(self._home.path).registry
        return {name for name in MODEL_NAMES if registry.champion(name) is not None}

    def dashboards(self) -> dict[str, str]:
        """Every file that is sound is drawn here."""
        return {one.dashboard.id: "" for one in Gallery().listed() if one.dashboard is not None and not one.faults}

    def check(self, catalog: str, schema: str) -> None:
        quoted(catalog), quoted(schema)


class OperatingHere:
    """One home, for everybody who asks."""

    def __init__(self, home: Home, store: Database) -> None:
        self._store = store
        self._jobs, self._pipelines, self._schema = JobsHere(home, store), PipelinesHere(home), SchemaHere(home)

    def operated(self, request: Request) -> Operated:
        return Operated(self._jobs, self._pipelines, self._schema, self.connection(request))

    def connection(self, request: Request) -> Connection:
        del request
        try:
            store = f"PostgreSQL {self._store.version()}, {'embedded' if self._store.is_embedded else 'given'}"
        except PaymentAnalysisError as error:
            return Connection("embedded", "", problem=error.message, hint=error.hint)
        return Connection("embedded", "", store=store)
