"""Lakebase, serving endpoints and vector search."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from tests.workspace.emulator import shapes
from tests.workspace.emulator.state import State, no

POSTGRES, SEARCH, SERVING = "/api/2.0/postgres", "/api/2.0/vector-search", "/api/2.0/serving-endpoints"


def router(state: State) -> APIRouter:
    routes = APIRouter()
    _lakebase(state, routes)
    _serving(state, routes)
    _search(state, routes)
    return routes


def _lakebase(state: State, routes: APIRouter) -> None:
    held = state.kind("postgres")

    def done(kind: str, made: dict[str, Any]) -> Any:
        held[made["name"]] = made
        begun = shapes.operation(made["name"], state.number(), kind, made)
        return state.add("operation", begun["name"], begun)

    @routes.post(f"{POSTGRES}/projects")
    def make_project(body: dict[str, Any], project_id: str) -> Any:
        """A new project comes with the branch `production` and the endpoint `primary`."""
        made = shapes.project(project_id, body.get("spec", {}))
        _refuse(held, made["name"])
        branch = shapes.branch(made["name"], "production")
        held[branch["name"]] = branch
        endpoint = shapes.database_endpoint(branch["name"], "primary", state.postgres_host, {})
        held[endpoint["name"]] = endpoint
        return done("Project", made)

    @routes.post(f"{POSTGRES}/projects/{{project}}/branches")
    def make_branch(project: str, branch_id: str, *, replace_existing: bool = False) -> Any:
        state.get("postgres", f"projects/{project}")
        made = shapes.branch(f"projects/{project}", branch_id)
        _refuse({} if replace_existing else held, made["name"])
        return done("Branch", made)

    @routes.post(f"{POSTGRES}/projects/{{project}}/branches/{{branch}}/endpoints")
    def make_endpoint(
        project: str, branch: str, endpoint_id: str, body: dict[str, Any], *, replace_existing: bool = False
    ) -> Any:
        parent = f"projects/{project}/branches/{branch}"
        state.get("postgres", parent)
        made = shapes.database_endpoint(parent, endpoint_id, state.postgres_host, body.get("spec", {}))
        _refuse({} if replace_existing else held, made["name"])
        return done("Endpoint", made)

    @routes.post(f"{POSTGRES}/credentials")
    def credential(body: dict[str, Any]) -> Any:
        state.get("postgres", body["endpoint"])
        return {"token": f"password-{state.number()}", "expire_time": "2099-01-01T00:00:00Z"}

    @routes.get(f"{POSTGRES}/{{name:path}}")
    def get(name: str) -> Any:
        """One resource by its name, or the members of a kind below it."""
        parent, _, kind = name.rpartition("/")
        if kind in {"branches", "endpoints"}:
            state.get("postgres", parent)
            return {kind: [one for one in held.values() if one["name"].rpartition("/")[0] == name]}
        return state.get("operation" if "/operations/" in name else "postgres", name)


def _refuse(held: dict[str, Any], name: str) -> None:
    if name in held:
        raise no(409, "RESOURCE_ALREADY_EXISTS", f"postgres '{name}' already exists.")


def _serving(state: State, routes: APIRouter) -> None:
    @routes.get(SERVING)
    def listed() -> Any:
        return {"endpoints": list(state.kind("endpoint").values())}

    @routes.post(SERVING)
    def create(body: dict[str, Any]) -> Any:
        return state.add("endpoint", body["name"], shapes.endpoint(body))

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
        return state.add("search", body["name"], shapes.search_endpoint(body))

    @routes.get(f"{SEARCH}/endpoints/{{name}}")
    def endpoint(name: str) -> Any:
        return state.get("search", name)

    @routes.post(f"{SEARCH}/indexes")
    def make_index(body: dict[str, Any]) -> Any:
        state.get("search", body["endpoint_name"])
        source = body["delta_sync_index_spec"]["source_table"].rsplit(".", 1)[-1]
        if source not in state.kind("table"):
            raise no(400, "INVALID_PARAMETER_VALUE", f"source table {source} does not exist")
        return state.add("index", body["name"], shapes.search_index(body))

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
