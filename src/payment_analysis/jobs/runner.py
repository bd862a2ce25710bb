"""Run a job on this machine: its tasks in order, each written down with its report, its words and its error.

A run can be made again at any time, because every task finds what is there already. With `resume`, tasks that the last
run of the job finished with the same parameters are kept, and it goes on behind them.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.domain.workflow import RunState
from payment_analysis.jobs.doors import DOORS
from payment_analysis.jobs.work import Machine, Order
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.runs import RunLine, TaskRun, last_run, new_run, run_of, settings_of, taken_over, tasks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from payment_analysis.domain.workflow import Job
    from payment_analysis.store.database import Database

LINE_CHARACTERS_MAX: Final = 2_000


@dataclass(frozen=True, slots=True)
class TaskDone:
    """What became of one task."""

    task: str
    state: RunState
    seconds: float
    report: Mapping[str, Any] | None
    error: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class JobDone:
    """What became of a job."""

    run_id: str
    job: str
    state: RunState
    tasks: tuple[TaskDone, ...]


def run_job(
    machine: Machine,
    job: Job,
    given: Mapping[str, str],
    *,
    say: Callable[[str], None],
    run_id: str | None = None,
    requested_by: str = "command line",
    resume: bool = False,
) -> JobDone:
    """Run a job and wait for its end; a task that fails ends it, and is named with its error."""
    before = _kept(machine.store, job, settings_of(job, given)) if resume else {}
    number = run_id or _new_run(machine.store, job, given, requested_by)
    record = _Record(machine.store, number, say)
    with record.begun(job) as values, _cancelled_by_a_signal():
        done: list[TaskDone] = []
        for task in job.tasks:
            if done and done[-1].state is not RunState.SUCCEEDED:
                done.append(TaskDone(task.key, RunState.CANCELLED, 0.0, None))
            elif task.key in before:
                done.append(TaskDone(task.key, RunState.SUCCEEDED, 0.0, before[task.key]))
                record.say(task.key, "kept from the run before")
            else:
                done.append(_run(machine, record, task.key, values))
            record.task_ended(done[-1])
    state = next((one.state for one in done if one.state is not RunState.SUCCEEDED), RunState.SUCCEEDED)
    failed = next((one for one in done if one.error), None)
    record.ended(state, failed)
    return JobDone(number, job.key, state, tuple(done))


def _new_run(store: Database, job: Job, given: Mapping[str, str], requested_by: str) -> str:
    with store.change(SYSTEM) as session:
        return new_run(session, job, given, requested_by).id


def _run(machine: Machine, record: _Record, task: str, values: Mapping[str, str]) -> TaskDone:
    record.task_began(task)
    began = datetime.now(UTC)

    def seconds() -> float:
        return (datetime.now(UTC) - began).total_seconds()

    try:
        report = DOORS[task].here(machine, Order(values, lambda text: record.say(task, text)))
    except PaymentAnalysisError as error:
        record.say(task, f"{error.message} {error.hint}".strip())
        return TaskDone(task, RunState.FAILED, seconds(), None, error.message, error.hint)
    except _Cancelled:
        return TaskDone(task, RunState.CANCELLED, seconds(), None, "cancelled", "run it again: it goes on")
    return TaskDone(task, RunState.SUCCEEDED, seconds(), report)


class _Record:
    """Writes down how a run goes."""

    def __init__(self, store: Database, run_id: str, say: Callable[[str], None]) -> None:
        self._store = store
        self._run_id = run_id
        self._say = say

    @contextmanager
    def begun(self, job: Job) -> Iterator[dict[str, str]]:
        """The run is at work; an error that nobody foresaw leaves it failed."""
        with self._store.change(SYSTEM) as session:
            run = run_of(session, self._run_id)
            taken_over(run)
            run.state, run.started_at = RunState.RUNNING, datetime.now(UTC)
            session.add_all(
                TaskRun(run_id=run.id, position=place, task=task.key) for place, task in enumerate(job.tasks)
            )
            values = dict(run.parameters)
        ended = False
        try:
            yield values
            ended = True
        finally:
            if not ended:
                self.ended(RunState.FAILED, TaskDone("", RunState.FAILED, 0.0, None, "an error nobody foresaw"))

    def say(self, task: str, text: str) -> None:
        """Tell who watches, and keep it."""
        self._say(f"{task}: {text}")
        with self._store.change(SYSTEM) as session:
            session.add(RunLine(run_id=self._run_id, task=task, text=text[:LINE_CHARACTERS_MAX]))

    def task_began(self, task: str) -> None:
        with self._store.change(SYSTEM) as session:
            row = next(one for one in tasks_of(session, self._run_id) if one.task == task)
            row.state, row.started_at = RunState.RUNNING, datetime.now(UTC)

    def task_ended(self, done: TaskDone) -> None:
        with self._store.change(SYSTEM) as session:
            row = next(one for one in tasks_of(session, self._run_id) if one.task == done.task)
            row.state, row.ended_at = done.state, datetime.now(UTC)
            row.report = None if done.report is None else dict(done.report)
            row.error, row.hint = done.error or None, done.hint or None

    def ended(self, state: RunState, failed: TaskDone | None) -> None:
        with self._store.change(SYSTEM) as session:
            run = run_of(session, self._run_id)
            run.state, run.ended_at = state, datetime.now(UTC)
            if failed is not None:
                run.error, run.hint = failed.error, failed.hint


def _kept(store: Database, job: Job, values: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    """What the last run did, when it had the same parameters and did not come to its end."""
    with store.read() as session:
        last = last_run(session, job.key)
        if last is None or last.parameters != values or last.state == RunState.SUCCEEDED:
            return {}
        return {one.task: one.report or {} for one in tasks_of(session, last.id) if one.state == RunState.SUCCEEDED}


class _Cancelled(BaseException):
    """Somebody asked this process to end; no error of the task."""


@contextmanager
def _cancelled_by_a_signal() -> Iterator[None]:
    """Turn the signal into an end that is written down."""

    def stop(*_: object) -> None:
        raise _Cancelled

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: nobody sends this thread a signal
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
