"""One task, wherever it is called from: the command line, a notebook, or a task of the bundle.

The bundle calls `payment-analysis-task --task=NAME --catalog=… --schema=…`: Databricks hands a job's parameters to a
wheel task in this form, and a task looks only at those of its own job.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from payment_analysis.domain.errors import BadInput, NotFound, PaymentAnalysisError
from payment_analysis.domain.workflow import JOBS
from payment_analysis.jobs.doors import DOORS
from payment_analysis.jobs.work import Cloud, Machine, Order
from payment_analysis.lakehouse.home import Home
from payment_analysis.store.database import Database
from payment_analysis.store.runs import settings_of
from payment_analysis.workspace.connection import connect_as_environment
from payment_analysis.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from payment_analysis.domain.workflow import Job
    from payment_analysis.jobs.work import Report


def job_with(task: str) -> Job:
    """The job that a task belongs to."""
    for job in JOBS:
        if any(one.key == task for one in job.tasks):
            return job
    known = ", ".join(one.key for job in JOBS for one in job.tasks)
    raise NotFound(f"there is no task {task}", hint=f"the tasks are {known}")


def here(task: str, given: Mapping[str, str], *, say: Callable[[str], None], home: Home | None = None) -> Report:
    """Do a task on this machine."""
    place = home or Home.of_environment()
    store = Database.of_home(place.create().path)
    try:
        return DOORS[task].here(Machine(place, store), Order(settings_of(job_with(task), given), say))
    finally:
        store.close()


def there(task: str, given: Mapping[str, str], *, say: Callable[[str], None]) -> Report:
    """Do a task in the workspace that the environment names."""
    values = settings_of(job_with(task), given)
    workspace = Workspace(connect_as_environment(), values["catalog"], values["schema"], values["warehouse_id"])
    with tempfile.TemporaryDirectory() as folder:
        return DOORS[task].there(Cloud(workspace, Home(Path(folder) / "home")), Order(values, say))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the task a bundle names; an error ends the process with 1, which fails the task."""
    given = dict(_pair(one) for one in (sys.argv[1:] if arguments is None else arguments))
    try:
        task = given.pop("task", "")
        known = job_with(task).defaults
        there(task, {name: value for name, value in given.items() if name in known}, say=_say)
    except PaymentAnalysisError as error:
        print(f"Error: {error.message}\nFix: {error.hint}", file=sys.stderr)
        sys.exit(1)


def _say(text: str) -> None:
    print(text, flush=True)


def _pair(argument: str) -> tuple[str, str]:
    name, found, value = argument.removeprefix("--").partition("=")
    if not found:
        raise BadInput(f"{argument!r} is not --name=value", hint="payment-analysis-task --task=NAME --catalog=main …")
    return name, value
