"""The numbered jobs on this machine: each task does what it promises, again is harmless, and a run is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.installation import Installation

from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.workflow import JOBS, RunState, job_of
from payment_analysis.jobs.doors import DOORS
from payment_analysis.jobs.runner import run_job
from payment_analysis.jobs.work import Machine
from payment_analysis.lakehouse.home import Home
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.runs import lines_after, new_run, run_of, state_of, tasks_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.store.databases import Databases

NOTEBOOKS = (
    "agent_framework", "train_models", "transaction_simulator", "bronze_ingest", "realtime_pipeline",
    "continuous_processor", "silver_transform", "gold_views", "gold_views_sql",
)  # fmt: skip
FEW = {"attempts": "400", "days": "5"}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[Machine]:
    store = databases.fresh()
    yield Machine(Home(tmp_path_factory.mktemp("jobs") / "home"), store)
    store.close()


def said(machine: Machine, run_id: str) -> list[str]:
    with machine.store.read() as session:
        return [line.text for line in lines_after(session, run_id, 0, 1000)]


def test_every_task_has_its_doors() -> None:
    assert {task.key for job in JOBS for task in job.tasks} == DOORS.keys()
    for door in DOORS.values():
        assert callable(door.here)
        assert callable(door.there)


def test_job_one_makes_everything_and_again_changes_nothing(machine: Machine) -> None:
    first = run_job(machine, job_of(1), {}, say=lambda _: None)
    second = run_job(machine, job_of(1), {}, say=lambda _: None)

    assert first.state is second.state is RunState.SUCCEEDED
    assert [task.task for task in first.tasks] == [task.key for task in job_of(1).tasks]
    assert first.tasks[2].report == {
        "added": {"app_config": 1, "app_settings": 5, "countries": 10, "approval_rules": 3}
    }
    assert set((second.tasks[2].report or {})["added"].values()) == {0}
    assert (second.tasks[3].report or {})["made"] == []


def test_job_two_lands_a_history_once(machine: Machine) -> None:
    first = run_job(machine, job_of(2), FEW, say=lambda _: None)
    second = run_job(machine, job_of(2), FEW, say=lambda _: None)

    assert (first.tasks[0].report or {})["added"] > 300
    assert (second.tasks[0].report or {})["added"] == 0


def test_job_two_goes_on_live_for_as_long_as_is_wanted(machine: Machine) -> None:
    live = {"events_per_second": "40", "duration_minutes": "0.02"}

    done = run_job(machine, job_of(2), FEW | live, say=lambda _: None)

    report = done.tasks[0].report or {}
    assert report["added"] == 0
    assert report["live"] > 0
    assert said(machine, done.run_id)[-1] == f"{report['live']:,} live events landed in 0.02 minutes"


def test_a_run_is_written_down_with_its_words(machine: Machine) -> None:
    done = run_job(machine, job_of(2), FEW, say=lambda _: None, requested_by="ana")

    with machine.store.read() as session:
        run, tasks = run_of(session, done.run_id), tasks_of(session, done.run_id)
    assert (run.job, run.requested_by, run.state) == (job_of(2).key, "ana", RunState.SUCCEEDED)
    assert run.parameters == job_of(2).defaults | FEW
    assert [task.state for task in tasks] == [RunState.SUCCEEDED]
    assert [text.split(", ")[0] for text in said(machine, done.run_id)] == ["0 events landed"]


def test_a_task_that_fails_ends_the_run_and_names_the_fix(machine: Machine) -> None:
    done = run_job(machine, job_of(2), FEW | {"attempts": "many"}, say=lambda _: None)

    assert done.state is RunState.FAILED
    with machine.store.read() as session:
        run = run_of(session, done.run_id)
    assert (run.error, run.hint) == ("attempts is 'many'", "a whole number from 1 is wanted")


def test_a_run_goes_on_behind_the_tasks_that_were_done(machine: Machine) -> None:
    job, broken = job_of(5), Machine(Home(machine.home.path.parent / "empty"), machine.store)
    broken.home.create()
    failed = run_job(broken, job, {}, say=lambda _: None)
    assert [task.state for task in failed.tasks] == [RunState.FAILED, RunState.CANCELLED]

    again = run_job(broken, job, {}, say=lambda _: None, resume=True)

    assert again.run_id != failed.run_id
    assert again.tasks[0].state is RunState.FAILED, "what failed is done again, only what was done is kept"


def test_an_unknown_parameter_is_refused(machine: Machine) -> None:
    with machine.store.change(SYSTEM) as session, pytest.raises(BadInput, match="has no parameter colour"):
        new_run(session, job_of(4), {"colour": "red"}, "ana")


def test_a_run_whose_process_went_away_is_interrupted(machine: Machine) -> None:
    with machine.store.change(SYSTEM) as session:
        run = new_run(session, job_of(7), {}, "ana")
        number = run.id
        run.state, run.process, run.process_began = RunState.RUNNING, 2**22 + 1, 0.0

    with machine.store.read() as session:
        assert state_of(run_of(session, number)) is RunState.INTERRUPTED


def test_the_command_lists_runs_and_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "home")

    listed = installation.json("job", "list")

    assert [one["job"] for one in listed] == [job.key for job in JOBS]
    assert installation.run("job", "run", "8").code == 2
    assert installation.run("job", "start").code == 2
    assert installation.run("job", "run", "4", "--set", "colour").code == 2


def test_the_nine_notebooks_are_there_and_thin(repository: Path) -> None:
    paths = sorted((repository / "notebooks").glob("*.py"))

    assert [path.stem for path in paths] == sorted(NOTEBOOKS)
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# Databricks notebook source\n# MAGIC %md\n# MAGIC # ")
        assert text.count("\n") < 30
        compile(text, path.name, "exec")
