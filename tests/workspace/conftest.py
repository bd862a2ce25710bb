"""A workspace for the tests of this folder: served over HTTP, with the bundle deployed and its jobs run once."""

from __future__ import annotations

import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from mlflow.tracking import MlflowClient
from tests.workspace.emulator.application import application
from tests.workspace.emulator.deployment import CATALOG, SCHEMA, TOKEN, WAREHOUSE, deploy, run_task, served
from tests.workspace.emulator.state import State

from payment_analysis.domain.workflow import JOBS, RunState
from payment_analysis.lakehouse.home import Home
from payment_analysis.ml.registry import EXPERIMENT
from payment_analysis.workspace.connection import connect_with_token
from payment_analysis.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.store.databases import Databases

    from payment_analysis.domain.runs import RunStanding

WAIT_SECONDS_MAX = 300.0


@dataclass(frozen=True)
class Emulated:
    """A workspace at an address, with what is inside it."""

    url: str
    state: State
    database: str  # of Lakebase
    mlflow: str

    @property
    def workspace(self) -> Workspace:
        return self.seen_with(TOKEN)

    def seen_with(self, token: str) -> Workspace:
        return Workspace(connect_with_token(self.url, token), CATALOG, SCHEMA, WAREHOUSE)


@contextmanager
def emulated(repository: Path, folder: Path, databases: Databases) -> Iterator[Emulated]:
    """An empty workspace; what runs as one of its jobs finds it by the environment, as on job compute."""
    store = databases.fresh()
    name = str(store._url.database if store._url else "")
    store.close()
    state = State(Home(folder / "home"), str(databases.url.query["host"]), run_task(repository))
    mlflow = f"sqlite:///{folder / 'mlflow.db'}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of MLflow about its own database
        MlflowClient(mlflow).create_experiment(EXPERIMENT, artifact_location=str(folder / "artifacts"))
    with served(application(state)) as url, pytest.MonkeyPatch.context() as environment:
        state.url = url
        for variable, value in {"HOST": url, "TOKEN": TOKEN}.items():
            environment.setenv(f"DATABRICKS_{variable}", value)
        environment.setenv("MLFLOW_TRACKING_URI", mlflow)
        deploy(repository, url, name)
        yield Emulated(url, state, name, mlflow)


@pytest.fixture(scope="module")  # the environment it sets must not outlive its file
def deployed(repository: Path, tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[Emulated]:
    with emulated(repository, tmp_path_factory.mktemp("workspace"), databases) as made:
        yield made


@pytest.fixture(scope="module")
def filled(deployed: Emulated) -> Emulated:
    """Jobs 1 and 2 are done, and the pipeline has run: there are attempts to ask about."""
    for job in JOBS[:2]:
        done = run_to_its_end(deployed, job.key)
        assert done.state is RunState.SUCCEEDED, done.error
    deployed.workspace.pipelines.start("payment_analysis_etl")
    return deployed


def run_to_its_end(place: Emulated, key: str, parameters: Mapping[str, str] | None = None) -> RunStanding:
    """Start a job of the workspace and watch it; `parameters` are those that are not left as they are."""
    jobs = place.workspace.jobs
    run = jobs.run(key, parameters or {}, "")
    until = time.monotonic() + WAIT_SECONDS_MAX
    while not run.state.is_over and time.monotonic() < until:
        time.sleep(0.1)
        run = jobs.get(run.id)
    return run
