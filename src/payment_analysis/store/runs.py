"""Runs of the numbered jobs on this machine: which tasks were done, what they found, and what was said meanwhile."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psutil
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from payment_analysis.domain.errors import BadInput, Conflict, NotFound
from payment_analysis.domain.workflow import RunState
from payment_analysis.store.tables import Base, Named, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from payment_analysis.domain.workflow import Job

OVER = [state for state in RunState if state.is_over]


class JobRun(Named, Base):
    """One run of a job, by the process that is at it."""

    __tablename__ = "job_runs"
    __table_args__ = (one_of("state", RunState),)

    job: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default=RunState.WAITING)
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    requested_by: Mapped[str]
    process: Mapped[int | None]
    process_began: Mapped[float | None]  # seconds since 1970, as the system says: process ids come again
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None]
    hint: Mapped[str | None]


class TaskRun(Named, Base):
    """One task of a run, with what it reported."""

    __tablename__ = "task_runs"
    __table_args__ = (one_of("state", RunState),)

    run_id: Mapped[str] = mapped_column(ForeignKey(JobRun.id, ondelete="CASCADE"), index=True)
    position: Mapped[int]
    task: Mapped[str]
    state: Mapped[str] = mapped_column(default=RunState.WAITING)
    report: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None]
    hint: Mapped[str | None]


class RunLine(Base):
    """One line of what a run said."""

    __tablename__ = "run_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey(JobRun.id, ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    task: Mapped[str]
    text: Mapped[str]


def settings_of(job: Job, given: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a run: what was given over what is usual."""
    unknown = sorted(given.keys() - job.defaults.keys())
    if unknown:
        raise BadInput(f"{job.key} has no parameter {unknown[0]}", hint=f"its parameters are {', '.join(job.defaults)}")
    return job.defaults | dict(given)


def new_run(session: Session, job: Job, given: Mapping[str, str], requested_by: str) -> JobRun:
    """Write down that a job shall run; one run of a job at a time."""
    values = settings_of(job, given)
    last = last_run(session, job.key)
    if last is not None and last.process is not None and not state_of(last).is_over:
        raise Conflict(f"{job.name} is at work already", hint="wait for its end, or cancel it")
    run = JobRun(job=job.key, parameters=values, requested_by=requested_by)
    session.add(run)
    session.flush()
    return run


def run_of(session: Session, run_id: str) -> JobRun:
    """A run by its id."""
    found = session.get(JobRun, run_id)
    if found is None:
        raise NotFound(f"there is no run {run_id}", hint="payment-analysis job list names the newest of each job")
    return found


def last_run(session: Session, job: str) -> JobRun | None:
    """The newest run of a job."""
    newest = select(JobRun).where(JobRun.job == job).order_by(JobRun.created_at.desc(), JobRun.id).limit(1)
    return session.scalars(newest).first()


def tasks_of(session: Session, run_id: str) -> Sequence[TaskRun]:
    """The tasks of a run, in their order."""
    return session.scalars(select(TaskRun).where(TaskRun.run_id == run_id).order_by(TaskRun.position)).all()


def lines_after(session: Session, run_id: str, after: int, limit: int) -> Sequence[RunLine]:
    """What a run said after a line, the oldest first."""
    lines = select(RunLine).where(RunLine.run_id == run_id, RunLine.id > after).order_by(RunLine.id).limit(limit)
    return session.scalars(lines).all()


def state_of(run: JobRun) -> RunState:
    """Where a run stands; one whose process went away is interrupted, whatever its row says."""
    state = RunState(run.state)
    return state if state.is_over or run.process is None or is_alive(run) else RunState.INTERRUPTED


def is_alive(run: JobRun) -> bool:
    """Whether the process at a run is still there, and still the same one."""
    try:
        process = psutil.Process(run.process)
        return bool(process.status() != psutil.STATUS_ZOMBIE and process.create_time() == run.process_began)
    except psutil.NoSuchProcess:
        return False


def taken_over(run: JobRun, process: int | None = None) -> None:
    """Write down which process is at a run; this one unless named."""
    number = os.getpid() if process is None else process
    run.process, run.process_began = number, psutil.Process(number).create_time()
