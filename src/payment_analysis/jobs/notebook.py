"""What the notebooks call: one task with the widgets of its job, a layer to look at, a pipeline to start.

In a workspace a notebook has `dbutils`, and works there; without one it works on this machine, in the home that the
environment names.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.domain.workflow import JOBS
from payment_analysis.jobs.build import build
from payment_analysis.jobs.task import here, there
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.table import load_tables
from payment_analysis.workspace.connection import connect_as_environment
from payment_analysis.workspace.pipelines import WorkspacePipelines

if TYPE_CHECKING:
    from payment_analysis.domain.workflow import Job
    from payment_analysis.jobs.work import Report

SET: Final = "PAYMENT_ANALYSIS_SET"  # like "attempts=2000 days=20"
ROWS: Final = 5


def run_task(task: str, tools: Any = None) -> Report:
    """Run one task and print what it says; the job's parameters are the notebook's widgets."""
    job = next(job for job in JOBS for one in job.tasks if one.key == task)
    if tools is None:
        return here(task, _set_here(job), say=print)
    for one in job.parameters:
        tools.widgets.text(one.name, one.default, one.meaning)
    return there(task, {one.name: str(tools.widgets.get(one.name)) for one in job.parameters}, say=print)


def _set_here(job: Job) -> dict[str, str]:
    """What the environment sets of a job's parameters: on one machine nobody fills in widgets."""
    given = dict(pair.split("=", 1) for pair in os.environ.get(SET, "").split() if "=" in pair)
    return {name: value for name, value in given.items() if name in job.defaults}


def show_layer(layer: str, tools: Any = None) -> dict[str, int]:
    """Print how each table of a layer is defined, with its newest rows; gives how many rows were shown of each."""
    del tools  # the same lakehouse answers, here or there
    lakehouse, shown = Home.of_environment().lakehouse(), dict[str, int]()
    for table in (one for one in load_tables().values() if one.layer == layer):
        rows = lakehouse.rows(f"select * from {table.name} limit {ROWS}")
        print(f"{table.name}: {table.description}\n\n{table.sql}\n")
        for row in rows:
            print(dict(row))
        shown[table.name] = len(rows)
    return shown


def run_pipeline(key: str, tools: Any = None) -> str:
    """Start a pipeline of the workspace and print how far it is; on one machine, bring the tables up to date once."""
    if tools is None:
        done = build(Home.of_environment())
        print(f"{key}: {len(done.tables)} tables in {done.seconds:.1f} s")
        return "idle"
    pipelines = WorkspacePipelines(connect_as_environment(), dict(os.environ))
    update = pipelines.start(key)
    (standing,) = (one for one in pipelines.standings() if one.key == key)
    print(f"{key}: update {update} is {standing.state}; {standing.url}")
    return standing.state
