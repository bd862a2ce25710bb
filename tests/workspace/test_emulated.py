"""The adapters and the seven jobs over HTTP, against a workspace that the embedded engine answers for."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.workspace.conftest import run_to_its_end
from tests.workspace.emulator.deployment import TOKEN, WAREHOUSE
from tests.workspace.emulator.state import OWNER, Caller

from payment_analysis.backend.operating_there import SchemaThere
from payment_analysis.domain.errors import BadQuery, NotAllowed, NotBuilt, NotFound, NotSignedIn
from payment_analysis.domain.workflow import ETL_KEY, JOBS, RunState
from payment_analysis.lakehouse.remote import RemoteLakehouse
from payment_analysis.store.configuration import ApprovalRule
from payment_analysis.store.database import Database, lakebase_url
from payment_analysis.workspace.serving import ENDPOINTS
from payment_analysis.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workspace.conftest import Emulated

    from payment_analysis.domain.runs import RunStanding

TWELVE = 12


@pytest.fixture(scope="module")
def runs(filled: Emulated) -> dict[str, RunStanding]:
    """Every job's newest run, after the rest has been run in its order."""
    for job in JOBS[2:]:
        run_to_its_end(filled, job.key)
    return {one.key: one.last for one in filled.workspace.jobs.standings() if one.last}


@pytest.fixture
def done(filled: Emulated, runs: dict[str, RunStanding]) -> Workspace:
    """The workspace behind all jobs."""
    assert len(runs) == len(JOBS)
    return filled.workspace


def test_the_seven_jobs_run_in_their_order_to_green(runs: dict[str, RunStanding]) -> None:
    assert {key: (run.state, run.error) for key, run in runs.items()} == {
        job.key: (RunState.SUCCEEDED, "") for job in JOBS
    }
    assert {key: [task.key for task in run.tasks] for key, run in runs.items()} == {
        job.key: [task.key for task in job.tasks] for job in JOBS
    }


def test_what_a_job_said_is_read_line_by_line(done: Workspace, runs: dict[str, RunStanding]) -> None:
    run = runs["job_2_simulate_transaction_events"]

    lines = done.jobs.lines(run.id, 0)

    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert {line.task for line in lines} == {"generate_transactions"}
    assert lines[-1].text.endswith("events landed in main.payment_analysis.payments_stream_input")
    assert done.jobs.lines(run.id, len(lines)) == []


@pytest.mark.parametrize("key", [JOBS[0].key, JOBS[1].key, JOBS[3].key, JOBS[6].key])
def test_a_job_that_is_run_again_makes_nothing_twice(filled: Emulated, done: Workspace, key: str) -> None:
    def held() -> dict[str, int]:
        kinds = ("catalog", "schema", "volume", "postgres", "search", "index", "board", "space", "table")
        return {kind: len(filled.state.kind(kind)) for kind in kinds}

    before = held() | {"events": done.sql.rows("select count(*) as held from payments_stream_input")[0]["held"]}

    assert run_to_its_end(filled, key).state is RunState.SUCCEEDED

    assert before == held() | {"events": done.sql.rows("select count(*) as held from payments_stream_input")[0]["held"]}


def test_live_events_reach_the_landing_table_of_the_workspace(filled: Emulated, done: Workspace) -> None:
    counted = "select count(*) as held, count(distinct _event_key) as ids from payments_stream_input"
    (before,) = done.sql.rows(counted)

    run = run_to_its_end(filled, JOBS[1].key, {"events_per_second": "40", "duration_minutes": "0.15"})

    (after,) = done.sql.rows(counted)
    words = [line.text for line in done.jobs.lines(run.id, 0)]
    assert run.state is RunState.SUCCEEDED
    assert 0 < after["held"] - before["held"] == after["ids"] - before["ids"]
    assert words[-1] == f"{after['held'] - before['held']:,} live events landed in 0.15 minutes"


def test_a_parameter_that_the_job_lacks_is_refused(done: Workspace) -> None:
    with pytest.raises(Exception, match="unknown job parameter colour"):
        done.jobs.run(JOBS[6].key, {"colour": "red"}, "")


def test_the_warehouse_gives_rows_with_their_types(done: Workspace) -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    (row,) = done.sql.rows(
        "select :n as n, :x as x, :yes as yes, :at as at, :word as word, cast(1.5 as decimal(9, 2)) as d, null as nothing",
        {"n": 7, "x": 0.5, "yes": True, "at": at, "word": "ürün", "not_named": 1},
    )

    assert row == {"n": 7, "x": 0.5, "yes": True, "at": at, "word": "ürün", "d": Decimal("1.50"), "nothing": None}


def test_the_warehouse_names_what_is_wrong(done: Workspace) -> None:
    with pytest.raises(BadQuery, match="nonsense"):
        done.sql.rows("select nonsense from payments_enriched_silver")
    with pytest.raises(NotBuilt, match="no_schema"):
        Workspace(done.client, "main", "no_schema", WAREHOUSE).sql.rows("select 1 as one")
    with pytest.raises(NotSignedIn, match="No SQL warehouse"):
        Workspace(done.client, "main", "payment_analysis").sql.rows("select 1 as one")


def test_both_engines_give_the_same_answer(filled: Emulated, done: Workspace) -> None:
    question = "select * from v_executive_kpis"

    assert RemoteLakehouse(done.sql).rows(question) == filled.state.home.lakehouse().rows(question)


def test_twelve_dashboards_are_published_with_the_publishers_rights(filled: Emulated, done: Workspace) -> None:
    boards = done.boards.held()

    assert len(boards) == TWELVE
    assert all(one.is_published for one in boards.values())
    assert {one.embed_url for one in boards.values()} == {
        f"{filled.url}/embed/dashboardsv3/{one.id}" for one in boards.values()
    }
    assert {one["embed_credentials"] for one in filled.state.kind("published").values()} == {True}
    assert len(SchemaThere(done).dashboards()) == TWELVE


def test_genie_answers_with_its_sql_and_goes_on(done: Workspace) -> None:
    space = done.genie.spaces()["Payment Approval Analytics"]

    first = done.genie.ask(space, "What is the approval rate by card network?")
    second = done.genie.ask(space, "And by country?", first.conversation_id)

    assert first.sql.lower().lstrip().startswith(("select", "with"))
    assert first.columns
    assert first.rows
    assert second.conversation_id == first.conversation_id


def test_each_champion_is_served_and_a_new_version_takes_over(filled: Emulated, done: Workspace) -> None:
    served = filled.state.kind("endpoint")
    states = done.serving.states()
    name, _ = ENDPOINTS["approval_propensity_model"]

    assert states
    assert set(states) <= {endpoint for endpoint, _ in ENDPOINTS.values()}
    assert set(states.values()) == {"READY"}
    assert done.serving.ask("approval_propensity_model", [{"amount_minor": 500}, {"amount_minor": 7}]) == [0.5, 0.5]
    limits = served[name]["ai_gateway"]["rate_limits"]
    assert [(one["calls"], one["renewal_period"]) for one in limits] == [(100, "minute")]

    done.serving.serve("approval_propensity_model", 99)

    assert [one["entity_version"] for one in served[name]["config"]["served_entities"]] == ["99"]


def test_the_store_asks_for_a_password_at_every_connection(filled: Emulated, done: Workspace) -> None:
    place = done.lakebase("payment-analysis-db", "production", "primary")
    asked = filled.state.asked.count(("POST", "/api/2.0/postgres/credentials"))
    store = Database(lakebase_url(place.host(), place.user(), filled.database), password=place.password)

    for _ in range(2):
        with store.read() as session:
            assert session.query(ApprovalRule).count() == len(("authentication", "retry", "routing"))
        store.close_connections()
    store.close()

    assert filled.state.asked.count(("POST", "/api/2.0/postgres/credentials")) >= asked + 2


def test_an_endpoint_of_lakebase_that_is_missing_is_named(done: Workspace) -> None:
    with pytest.raises(NotFound, match="Lakebase project/endpoint not found"):
        done.lakebase("elsewhere", "production", "primary").host()


def test_similar_transactions_are_found_nearest_first(done: Workspace) -> None:
    (one,) = done.sql.rows("select summary_text from v_transaction_summaries_for_search limit 1")

    found = done.search.similar(str(one["summary_text"]), 3)

    assert len(found) == 3
    scores = [float(row["score"]) for row in found]
    assert scores == sorted(scores, reverse=True)


def test_pipelines_are_found_by_name_started_and_stopped(done: Workspace) -> None:
    done.pipelines.start(ETL_KEY)
    (etl, realtime) = done.pipelines.standings()
    done.pipelines.stop(ETL_KEY)

    assert (etl.state, realtime.state) == ("idle", "idle")
    assert etl.lag_seconds is not None
    assert etl.url.endswith(etl.id)
    with pytest.raises(NotFound, match="has no pipeline nowhere"):
        done.pipelines.start("nowhere")


def test_the_catalog_tells_what_is_there(done: Workspace) -> None:
    assert "v_executive_kpis" in done.unity.tables()
    assert "analyze_declines" in done.unity.functions()
    with pytest.raises(NotFound, match="Catalog 'main' or schema 'elsewhere' not found"):
        SchemaThere(done).check("main", "elsewhere")


def test_who_asks_is_the_owner_of_the_token(filled: Emulated) -> None:
    assert filled.workspace.me() == OWNER


def test_a_scope_that_is_missing_is_named_with_its_fix(filled: Emulated) -> None:
    filled.state.tokens["token-of-bo"] = Caller("bo", frozenset({"sql"}))

    with pytest.raises(NotAllowed, match="required scopes: jobs") as refused:
        filled.seen_with("token-of-bo").jobs.standings()
    assert refused.value.hint.startswith("add the scope jobs in Compute → Apps → payment-analysis → Edit")
    assert "host=" not in refused.value.message
    with pytest.raises(NotSignedIn, match="Invalid access token"):
        filled.seen_with("token-of-nobody").sql.rows("select 1 as one")


def test_the_script_says_how_the_jobs_stand(filled: Emulated, done: Workspace, repository: Path) -> None:
    del done
    environment = os.environ | {"DATABRICKS_HOST": filled.url, "DATABRICKS_TOKEN": TOKEN}

    said = subprocess.run(
        [sys.executable, "scripts/run_and_validate_jobs.py", "status"],
        env=environment, cwd=repository, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert said.returncode == 0, said.stderr
    assert [line.split()[:2] for line in said.stdout.splitlines()] == [[f"{job.key}:", "succeeded"] for job in JOBS]
