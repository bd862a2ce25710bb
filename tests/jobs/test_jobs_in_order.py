"""Jobs 1 to 7 from a clean home: to green, again, and behind a kill; and the nine notebooks over what they made."""

from __future__ import annotations

import runpy
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.installation import DOOR, Installation

from payment_analysis.domain.workflow import JOBS, RunState, job_of
from payment_analysis.jobs.runner import run_job
from payment_analysis.jobs.work import Machine
from payment_analysis.lakehouse.home import Home
from payment_analysis.ml.registry import Registry
from payment_analysis.ml.traces import EXPERIMENT
from payment_analysis.store.database import DATABASE_VARIABLE
from payment_analysis.store.runs import last_run, state_of, tasks_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.store.databases import Databases

    from payment_analysis.jobs.runner import JobDone
    from payment_analysis.store.database import Database

NOTEBOOKS = (
    "transaction_simulator", "bronze_ingest", "silver_transform", "gold_views", "gold_views_sql",
    "continuous_processor", "realtime_pipeline", "train_models", "agent_framework",
)  # fmt: skip
SMALL = {"attempts": "1300", "days": "20"}
KILL_SECONDS_MAX = 120.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that nobody has used."""
    return Home(tmp_path_factory.mktemp("order") / "home")


@pytest.fixture(scope="module")
def store(databases: Databases) -> Iterator[Database]:
    """Its store, which other processes find by the environment too."""
    made = databases.fresh()
    assert made._url is not None
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(DATABASE_VARIABLE, made._url.render_as_string(hide_password=False))
        yield made
    made.close()


def all_jobs(machine: Machine) -> list[JobDone]:
    return [run_job(machine, job, SMALL if job.number == 2 else {}, say=lambda _: None) for job in JOBS]


@pytest.fixture(scope="module")
def first(home: Home, store: Database) -> list[JobDone]:
    return all_jobs(Machine(home, store))


def wrong(done: list[JobDone]) -> dict[str, str]:
    return {task.task: f"{task.state}: {task.error}" for one in done for task in one.tasks if task.error}


def reports(done: list[JobDone]) -> dict[str, Any]:
    return {task.task: task.report for one in done for task in one.tasks}


def test_all_seven_run_to_green_in_their_order(first: list[JobDone]) -> None:
    told = reports(first)

    assert wrong(first) == {}
    assert {one.state for one in first} == {RunState.SUCCEEDED}
    assert told["sync_vector_search"]["rows"] > 1000
    assert len(told["publish_dashboards"]["published"]) == 12
    assert told["train_models"]["registered"]
    assert told["deploy_serving_endpoints"]["serving"]
    assert told["run_agent_framework"]["findings"] > 0
    assert len(told["sync_genie_config"]["spaces"]) == 2


def test_what_the_agents_did_is_traced_beside_the_models(first: list[JobDone], home: Home) -> None:
    told, registry = reports(first)["run_agent_framework"], Registry(home.path)

    with registry.speaking() as client:
        traces = client.search_traces(locations=[registry.experiment(client, EXPERIMENT)])

    (ours,) = [one for one in traces if one.info.tags["run_id"] == told["run_id"]]
    assert len(ours.data.spans) == 1 + told["steps"]


def test_run_again_they_are_green_and_add_nothing(first: list[JobDone], home: Home, store: Database) -> None:
    question = "select * from v_executive_kpis"
    before = home.lakehouse().rows(question)

    again = all_jobs(Machine(home, store))

    assert wrong(again) == {}
    told = reports(again)
    assert set(told["lakebase_data_init"]["added"].values()) == {0}
    assert told["generate_transactions"]["added"] == 0
    assert told["sync_vector_search"] == reports(first)["sync_vector_search"] | {"made": 0}
    assert home.lakehouse().rows(question) == before


def test_a_job_that_was_killed_goes_on_behind_what_was_done(first: list[JobDone], home: Home, store: Database) -> None:
    """`kill -9` between the first and the last task of job 3; `--resume` keeps the first."""
    assert first
    installation, job = Installation(home.path), job_of(3)
    command = [*DOOR, "job", "run", "3"]
    process = subprocess.Popen(
        command, env=installation.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + KILL_SECONDS_MAX
    while done_tasks(store, job.key, process.pid) < 1 and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with store.read() as session:
        run = last_run(session, job.key)
        assert run is not None
        state = state_of(run)
    if state is RunState.SUCCEEDED:
        pytest.fail("the job was over before it could be killed")
    assert state is RunState.INTERRUPTED

    done = run_job(Machine(home, store), job, {}, say=lambda _: None, resume=True)

    assert done.state is RunState.SUCCEEDED
    assert done.tasks[0].seconds == 0.0, "what was done is kept"


def done_tasks(store: Database, key: str, pid: int) -> int:
    with store.read() as session:
        run = last_run(session, key)
        if run is None or run.process != pid:
            return 0
        return sum(one.state == RunState.SUCCEEDED for one in tasks_of(session, run.id))


@pytest.fixture
def notebooks(first: list[JobDone], home: Home, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Their folder, with the environment they run in."""
    assert first
    monkeypatch.setenv("PAYMENT_ANALYSIS_HOME", str(home.path))
    monkeypatch.setenv("PAYMENT_ANALYSIS_SET", " ".join(f"{name}={value}" for name, value in SMALL.items()))
    return repository / "notebooks"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_on_this_machine(name: str, notebooks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(notebooks / f"{name}.py"))

    assert capsys.readouterr().out
