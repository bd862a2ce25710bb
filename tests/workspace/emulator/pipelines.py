"""Lakeflow pipelines: an update of one brings the embedded tables up to what has landed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from tests.workspace.emulator import shapes

from payment_analysis.lakehouse.spark.datasets import stored_names

if TYPE_CHECKING:
    from tests.workspace.emulator.state import State

API = "/api/2.0/pipelines"


def router(state: State) -> APIRouter:
    routes = APIRouter()

    @routes.post(API)
    def create(body: dict[str, Any]) -> Any:
        number = f"pipeline-{state.number()}"
        state.add("pipeline", number, shapes.pipeline(number, body))
        return {"pipeline_id": number}

    @routes.get(API)
    def listed() -> Any:
        shown = ("pipeline_id", "name", "state", "latest_updates")
        held = state.kind("pipeline").values()
        return {"statuses": [{key: one[key] for key in shown if key in one} for one in held]}

    @routes.get(f"{API}/{{number}}")
    def get(number: str) -> Any:
        return state.get("pipeline", number)

    @routes.post(f"{API}/{{number}}/updates")
    def start(number: str) -> Any:
        pipeline, update = state.get("pipeline", number), f"update-{state.number()}"
        state.home.lakehouse().build()
        state.kind("table").update(dict.fromkeys(stored_names(), "MATERIALIZED_VIEW"))
        made = {"update_id": update, "state": "COMPLETED", "creation_time": datetime.now(UTC).isoformat()}
        pipeline["latest_updates"] = [made, *pipeline.get("latest_updates", [])]
        return {"update_id": update}

    @routes.get(f"{API}/{{number}}/updates/{{update}}")
    def update_of(number: str, update: str) -> Any:
        found = next(one for one in state.get("pipeline", number)["latest_updates"] if one["update_id"] == update)
        return {"update": {"update_id": update, "state": found["state"], "pipeline_id": number}}

    @routes.get(f"{API}/{{number}}/events")
    def events(number: str) -> Any:
        state.get("pipeline", number)
        return {"events": []}

    @routes.post(f"{API}/{{number}}/stop")
    def stop(number: str) -> Any:
        state.get("pipeline", number)["state"] = "IDLE"
        return {}

    return routes
