"""The wire format: the emulator answers as a workspace was recorded to answer, and our adapters read what it said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from databricks.sdk.errors import NotFound as NotThere
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from tests.workspace.emulator.application import application
from tests.workspace.emulator.deployment import TOKEN, served
from tests.workspace.emulator.state import State
from tests.workspace.recording import Exchange, Renaming, exchanges, lacking, unknown

from payment_analysis.domain.errors import BadQuery, NotFound
from payment_analysis.domain.workflow import RunState
from payment_analysis.lakehouse.home import Home
from payment_analysis.workspace.boards import Board
from payment_analysis.workspace.connection import connect_with_token
from payment_analysis.workspace.unity import Unity
from payment_analysis.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORDED = exchanges()
# Of one enumeration that the SDK does not know either.
NOT_SAID = {".effective_predictive_optimization_flag.inherited_from_type is missing"}
HEADERS = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
JOB, RUN, PIPELINE = "8795295496749475293", "8795295497724776709", "7a0f2aa7-62af-4c22-7a0f-2aa762af4d45"
MADE, BOARD = "4b0519f5544322a1338ec833587cdfbd", "4234e83c8702cea6ce3a16bd0119d64e"
SPACE = "30abf1536792501a843135a26382cfd6"


@pytest.mark.parametrize("one", [one for one in RECORDED if one.kind], ids=lambda one: one.asked)
def test_a_recorded_answer_is_what_the_sdk_knows(one: Exchange) -> None:
    assert unknown(one.kind, one.response) == []


def test_the_emulator_answers_in_the_shape_of_the_recording(tmp_path: Path) -> None:
    """The whole recording is said again, with the names that this workspace gives; each answer has the old shape."""
    state = State(Home(tmp_path / "home"), "lakebase.example", lambda *_: None)
    state.kind("catalog")["main"] = {"name": "main"}
    state.kind("table").update(dict.fromkeys(("t", "transaction_summaries"), "MANAGED"))
    names, faults = Renaming(), dict[str, Any]()

    with served(application(state)) as url, httpx.Client(headers=HEADERS, timeout=120) as client:
        for one in RECORDED:
            answer = client.request(
                one.method, f"{url}{names.of(one.path)}?{names.of(one.query)}", content=names.of(asked_of(one))
            )
            said = answer.json()
            found = {f for f in lacking(one.response, said) if one.response is not None} - NOT_SAID
            if one.kind:
                found |= set(unknown(one.kind, said))
            if found or answer.status_code != one.status:
                faults[one.asked] = (answer.status_code, sorted(found), said)
            names.learn(one.response, said)

    assert faults == {}


def asked_of(one: Exchange) -> str:
    """The recorded workspace runs no SQL: what it says to a statement is what ours says to a wrong one."""
    if one.path == "/api/2.0/sql/statements":
        return json.dumps(one.body | {"statement": "SELECT no_such_column FROM no_such_table"})
    return json.dumps(one.body)


@pytest.fixture(scope="module")
def tape() -> Iterator[Workspace]:
    """A workspace that says only what was recorded; where it was asked twice, the last answer."""
    said = {(one.method, one.path): one for one in RECORDED}
    said |= {(one.method, one.path + "?" + one.query): one for one in RECORDED if one.query}
    said["POST", "/api/2.0/workspace/mkdirs"] = Exchange("POST", "/api/2.0/workspace/mkdirs", "", 200)
    app = FastAPI(openapi_url=None)

    @app.api_route("/{path:path}", methods=["GET", "POST", "PATCH", "PUT", "DELETE"])
    async def answer(path: str, request: Request) -> JSONResponse:
        key = (request.method, f"/{path}")
        found = said.get((key[0], f"{key[1]}?{request.url.query}")) or said.get(key)
        if found is None:
            return JSONResponse({"message": f"{key} was not recorded"}, 404)
        return JSONResponse(found.response or {}, found.status)

    with served(app) as url:
        yield Workspace(connect_with_token(url, "t"), "main", "payment_analysis", "x")


def test_recorded_runs_are_read(tape: Workspace) -> None:
    run = tape.jobs.get(RUN)

    assert (run.job, run.state, run.parameters) == (JOB, RunState.SUCCEEDED, {"catalog": "main"})
    assert {task.state for task in run.tasks} == {RunState.SUCCEEDED}
    assert [(line.task, line.text) for line in tape.jobs.lines(RUN, 0)] == [
        ("hello", "hello from spark_python_task"),
        ("nb", "nb"),
    ]
    assert {one.id for one in tape.jobs.standings()} == {""}, "the recorded workspace has none of the seven jobs"
    tape.jobs.cancel(RUN)
    with pytest.raises(NotFound, match="has no job job_4"):
        tape.jobs.run("job_4_deploy_dashboards", {}, "ana")


def test_a_recorded_update_of_a_pipeline_is_read(tape: Workspace) -> None:
    """The recorded workspace does not list its pipelines: the environment names this one."""
    pipelines = tape.client.pipelines

    assert pipelines.get(PIPELINE).name == "[dev tester] Payment analysis ETL"
    assert pipelines.start_update(PIPELINE).update_id == "7a0f2aa8-3ef9-2fac-7a0f-2aa83ef9307e"


def test_a_recorded_volume_that_is_missing_is_named(tape: Workspace) -> None:
    with pytest.raises(NotFound, match="parent folder"):
        Unity(tape.client, "main", "s").upload("v", "x.txt", b"hi")


def test_recorded_dashboards_and_spaces_are_read(tape: Workspace) -> None:
    board = Board(BOARD, "d", is_published=False, url="", embed_url="")

    tape.boards.publish(board)

    made = tape.boards.put("Executive overview", '{"pages":[]}', "/Workspace", None)

    assert (made.id, made.name, made.is_published) == (MADE, "[dev tester] Executive overview", False)
    assert tape.genie.put("t", "words", '{"version":2}', SPACE) == SPACE
    assert tape.genie.put("t", "words", '{"version":2}', None) == SPACE


def test_recorded_lakebase_is_read(tape: Workspace) -> None:
    place = tape.lakebase("prj", "production", "primary")

    assert place.host() == "ep-7a0f2ab2-2b6f-fcd1-7.database.us-east-1.cloud.databricks.com"
    assert place.user() == "tester@databricks.com"


def test_a_recorded_endpoint_and_index_are_read(tape: Workspace) -> None:
    assert tape.search.exists()
    assert tape.search.ensure("pa-similar", "databricks-gte-large-en") == []
    with pytest.raises(NotThere):
        tape.client.serving_endpoints.get("e")


def test_a_recorded_refusal_of_sql_is_named(tape: Workspace) -> None:
    with pytest.raises(BadQuery, match="unsupported statement"):
        tape.sql.rows("SELECT 1")


def test_who_asks_is_read(tape: Workspace) -> None:
    assert tape.me() == "tester@databricks.com"
