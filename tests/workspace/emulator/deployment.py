"""A workspace that is served, and into which the bundle was deployed; and what job compute does with a task."""

from __future__ import annotations

import runpy
import socket
import threading
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import uvicorn

from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.domain.workflow import JOBS
from payment_analysis.jobs.task import main as task_door
from payment_analysis.workspace.bundle import read_bundle
from payment_analysis.workspace.connection import connect_with_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = "token-of-ana"
CATALOG, SCHEMA, WAREHOUSE = "main", "payment_analysis", "warehouse-1"


@contextmanager
def served(app: Any) -> Iterator[str]:
    """An application on a port of its own, over HTTP."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(20)


def run_task(repository: Path) -> Callable[[dict[str, Any], dict[str, str], Callable[[str], None]], None]:
    """What job compute does with a task of the bundle: a notebook with widgets, or the wheel's entry point."""

    def work(task: dict[str, Any], parameters: dict[str, str], say: Callable[[str], None]) -> None:
        said, error_said = StringIO(), ""
        with redirect_stdout(said), redirect_stderr(said):
            try:
                if "notebook_task" in task:
                    name = task["notebook_task"]["notebook_path"].rsplit("/", 1)[-1]
                    runpy.run_path(str(repository / "notebooks" / name), {"dbutils": tools(parameters)})
                else:
                    given = {**task["python_wheel_task"]["named_parameters"], **parameters}
                    task_door([f"--{name}={value}" for name, value in given.items()])
            except PaymentAnalysisError as error:
                error_said = f"{error.message} {error.hint}"
                raise SystemExit(1) from error
            finally:
                for line in [*said.getvalue().splitlines(), error_said]:
                    say(line)

    return work


def tools(parameters: dict[str, str]) -> Any:
    """The part of `dbutils` that a notebook uses."""
    widgets = SimpleNamespace(text=lambda name, value, _meaning: parameters.setdefault(name, value), get=parameters.get)
    return SimpleNamespace(widgets=widgets)


def deploy(repository: Path, url: str, database: str) -> None:
    """What a deployment leaves: the jobs with their parameters filled in, and the pipelines."""
    client = connect_with_token(url, TOKEN).api_client
    place = {"catalog": CATALOG, "schema": SCHEMA, "warehouse_id": WAREHOUSE, "lakebase_database_name": database}
    place |= {"attempts": "1300", "days": "12", "duration_minutes": "0", "dashboards_path": "/Workspace/dashboards"}
    bundle = read_bundle(repository)
    for job in bundle.of_kind("jobs").values():
        defaults = {one.name: one.default for one in JOBS[int(job.key[4]) - 1].parameters}
        parameters = [{"name": name, "default": place.get(name, value)} for name, value in defaults.items()]
        body = {**job.body, "name": f"[dev ana] {job.body['name']}", "parameters": parameters}
        client.do("POST", "/api/2.2/jobs/create", body=body)
    for pipeline in bundle.of_kind("pipelines").values():
        client.do("POST", "/api/2.0/pipelines", body={**pipeline.body, "name": f"[dev ana] {pipeline.body['name']}"})
