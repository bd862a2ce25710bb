"""Lakeflow jobs: made, found, run task by task in a thread, watched."""

from __future__ import annotations

import threading
from typing import Any

from fastapi import APIRouter, Request
from tests.workspace.emulator.shapes import settings
from tests.workspace.emulator.state import OWNER, State, no, now_ms

API = "/api/2.2/jobs"


def router(state: State) -> APIRouter:
    routes = APIRouter()

    @routes.post(f"{API}/create")
    def create(body: dict[str, Any]) -> Any:
        number = state.number()
        job = {"job_id": number, "creator_user_name": OWNER, "created_time": now_ms(), "run_as_user_name": OWNER}
        job["settings"] = settings(body)
        state.add("job", str(number), job)
        return {"job_id": number}

    @routes.get(f"{API}/list")
    def listed(name: str = "") -> Any:
        """The newest first."""
        held = [job for job in state.kind("job").values() if not name or job["settings"]["name"] == name][::-1]
        shown = [{key: value for key, value in job.items() if key != "run_as_user_name"} for job in held]
        return {"jobs": shown, "has_more": False}

    @routes.get(f"{API}/get")
    def get(job_id: int) -> Any:
        return state.get("job", str(job_id))

    @routes.post(f"{API}/run-now")
    def run_now(body: dict[str, Any], request: Request) -> Any:
        job = state.get("job", str(body["job_id"]))
        known = {one["name"]: str(one["default"]) for one in job["settings"].get("parameters", [])}
        given = body.get("job_parameters", {})
        if unknown := given.keys() - known.keys():
            raise no(400, "INVALID_PARAMETER_VALUE", f"unknown job parameter {min(unknown)}")
        run = _run(state, job, known, given)
        run["creator_user_name"] = state.tokens[request.state.token].name
        threading.Thread(target=_work, args=(state, job, run, known | given), daemon=True).start()
        return {"run_id": run["run_id"], "number_in_job": run["run_id"]}

    _runs(state, routes)
    return routes


def _runs(state: State, routes: APIRouter) -> None:
    @routes.get(f"{API}/runs/get")
    def run(run_id: int) -> Any:
        return state.get("run", str(run_id))

    @routes.get(f"{API}/runs/list")
    def runs(job_id: int | None = None, limit: int = 20) -> Any:
        held = [one for one in reversed(state.kind("run").values()) if job_id is None or one["job_id"] == job_id]
        return {"runs": held[:limit], "has_more": False}

    @routes.get(f"{API}/runs/get-output")
    def output(run_id: int) -> Any:
        """A task that said nothing, because it was never begun, answers with nothing."""
        return state.kind("output").get(str(run_id), {})

    @routes.post(f"{API}/runs/cancel")
    def cancel(body: dict[str, Any]) -> Any:
        found = state.get("run", str(body["run_id"]))
        found["state"] = {"life_cycle_state": "TERMINATED", "result_state": "CANCELED"}
        return {}


def _run(state: State, job: dict[str, Any], known: dict[str, str], given: dict[str, str]) -> dict[str, Any]:
    number = state.number()
    run = {
        "job_id": job["job_id"],
        "run_id": number,
        "run_name": job["settings"]["name"],
        "creator_user_name": OWNER,
        "start_time": now_ms(),
        "run_type": "JOB_RUN",
        "run_page_url": f"{state.url}/?o=900800700600#job/{job['job_id']}/run/{number}",
        "state": {"life_cycle_state": "RUNNING"},
        "tasks": [
            {"run_id": state.number(), "task_key": task["task_key"], "state": {"life_cycle_state": "BLOCKED"}}
            for task in job["settings"]["tasks"]
        ],
    }
    if known:
        run["job_parameters"] = [
            {"name": name, "default": usual, "value": given.get(name, usual)} for name, usual in known.items()
        ]
    made: dict[str, Any] = state.add("run", str(number), run)
    return made


def _work(state: State, job: dict[str, Any], run: dict[str, Any], parameters: dict[str, str]) -> None:
    failed = ""
    for task, one in zip(job["settings"]["tasks"], run["tasks"], strict=True):
        if failed:
            one["state"] = {"life_cycle_state": "SKIPPED", "result_state": "UPSTREAM_FAILED"}
            continue
        one |= {"start_time": now_ms(), "state": {"life_cycle_state": "RUNNING"}}
        said: list[str] = []
        try:
            state.run_task(task, parameters, said.append)
        except SystemExit:
            failed = "; ".join(said[-2:])
        result = {"life_cycle_state": "TERMINATED", "result_state": "FAILED" if failed else "SUCCESS"}
        one |= {"end_time": now_ms(), "state": result | ({"state_message": failed} if failed else {})}
        output = {"logs": "\n".join(said), "logs_truncated": False}
        state.kind("output")[str(one["run_id"])] = output | ({"error": failed} if failed else {})
    result = {"life_cycle_state": "TERMINATED", "result_state": "FAILED" if failed else "SUCCESS"}
    run |= {"end_time": now_ms(), "state": result | ({"state_message": failed} if failed else {})}
