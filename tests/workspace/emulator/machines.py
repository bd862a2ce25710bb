"""Lakebase, serving endpoints and vector search."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from tests.workspace.emulator.state import State, no

POSTGRES, SEARCH, SERVING = "/api/2.0/postgres", "/api/2.0/vector-search", "/api/2.0/serving-endpoints"


def router(state: State) -> APIRouter:
    routes = APIRouter()
    _lakebase(state, routes)
    _serving(state, routes)
    _search(state, routes)
    return routes


def _done(state: State, name: str, made: Any) -> dict[str, Any]:
    operation = f"{name}/operations/{state.number()}"
    state.kind("operation")[operation] = {"name": operation, "done": True, "response": made}
    return dict(state.kind("operation")[operation])


def _lakebase(state: State, routes: APIRouter) -> None:
    @routes.post(f"{POSTGRES}/projects")
    def make_project(body: dict[str, Any], project_id: str) -> Any:
        """A new project comes with the branch `production` and the endpoint `primary`."""
        name = f"projects/{project_id}"
        made = state.add("postgres", name, {"name": name, "spec": body.get("spec", {})})
        branch = f"{name}/branches/production"
        state.add("postgres", branch, {"name": branch, "parent": name})
        state.add("postgres", f"{branch}/endpoints/primary", _endpoint(state, branch, "primary"))
        return _done(state, name, made)

    @routes.post(f"{POSTGRES}/projects/{{project}}/branches")
    def make_branch(project: str, body: dict[str, Any], branch_id: str) -> Any:
        name = f"projects/{project}/branches/{branch_id}"
        state.get("postgres", f"projects/{project}")
        made = state.add(
            "postgres", name, {"name": name, "parent": f"projects/{project}", "spec": body.get("spec", {})}
        )
        return _done(state, name, made)

    @routes.post(f"{POSTGRES}/projects/{{project}}/branches/{{branch}}/endpoints")
    def make_endpoint(project: str, branch: str, endpoint_id: str) -> Any:
        parent = f"projects/{project}/branches/{branch}"
        state.get("postgres", parent)
        name = f"{parent}/endpoints/{endpoint_id}"
        return _done(state, name, state.add("postgres", name, _endpoint(state, parent, endpoint_id)))

    @routes.post(f"{POSTGRES}/credentials")
    def credential(body: dict[str, Any]) -> Any:
        state.get("postgres", body["endpoint"])
        return {"token": f"password-{state.number()}", "expire_time": "2099-01-01T00:00:00Z"}

    @routes.get(f"{POSTGRES}/{{name:path}}")
    def get(name: str) -> Any:
        return state.get("operation" if "/operations/" in name else "postgres", name)


def _endpoint(state: State, parent: str, name: str) -> dict[str, Any]:
    return {
        "name": f"{parent}/endpoints/{name}",
        "parent": parent,
        "status": {"current_state": "ACTIVE", "hosts": {"host": state.postgres_host}},
    }


def _serving(state: State, routes: APIRouter) -> None:
    @routes.get(SERVING)
    def listed() -> Any:
        return {"endpoints": list(state.kind("endpoint").values())}

    @routes.post(SERVING)
    def create(body: dict[str, Any]) -> Any:
        ready = {"ready": "READY", "config_update": "NOT_UPDATING"}
        return state.add("endpoint", body["name"], {**body, "state": ready})

    @routes.get(f"{SERVING}/{{name}}")
    def get(name: str) -> Any:
        return state.get("endpoint", name)

    @routes.put(f"{SERVING}/{{name}}/config")
    def move(name: str, body: dict[str, Any]) -> Any:
        held = state.get("endpoint", name)
        held["config"] = held["config"] | body
        return held

    @routes.post("/serving-endpoints/{name}/invocations")
    def ask(name: str, body: dict[str, Any]) -> Any:
        state.get("endpoint", name)
        return {"predictions": [0.5 for _ in body["dataframe_records"]], "served-model-name": name}


def _search(state: State, routes: APIRouter) -> None:
    @routes.post(f"{SEARCH}/endpoints")
    def make_endpoint(body: dict[str, Any]) -> Any:
        return state.add("search", body["name"], {**body, "endpoint_status": {"state": "ONLINE"}})

    @routes.get(f"{SEARCH}/endpoints/{{name}}")
    def endpoint(name: str) -> Any:
        return state.get("search", name)

    @routes.post(f"{SEARCH}/indexes")
    def make_index(body: dict[str, Any]) -> Any:
        state.get("search", body["endpoint_name"])
        source = body["delta_sync_index_spec"]["source_table"].rsplit(".", 1)[-1]
        if source not in state.kind("table"):
            raise no(400, "INVALID_PARAMETER_VALUE", f"source table {source} does not exist")
        return state.add("index", body["name"], {**body, "status": {"ready": True}})

    @routes.get(f"{SEARCH}/indexes/{{name}}")
    def index(name: str) -> Any:
        return state.get("index", name)

    @routes.post(f"{SEARCH}/indexes/{{name}}/sync")
    def sync(name: str) -> Any:
        state.get("index", name)["rows"] = list(state.kind("summary").values())
        return {}

    @routes.post(f"{SEARCH}/indexes/{{name}}/query")
    def query(name: str, body: dict[str, Any]) -> Any:
        words = set(body["query_text"].lower().split())
        rows = [
            (len(words & set(row["summary_text"].lower().replace(",", "").split())) / max(len(words), 1), row)
            for row in state.get("index", name).get("rows", [])
        ]
        best = sorted(rows, key=lambda one: (-one[0], one[1]["transaction_id"]))[: body.get("num_results", 10)]
        columns = body["columns"]
        return {
            "manifest": {"column_count": len(columns) + 1, "columns": [{"name": one} for one in (*columns, "score")]},
            "result": {
                "row_count": len(best),
                "data_array": [[*(str(row[one]) for one in columns), str(score)] for score, row in best],
            },
        }
