"""Unity Catalog and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from tests.workspace.emulator import shapes

if TYPE_CHECKING:
    from tests.workspace.emulator.state import State

UNITY = "/api/2.1/unity-catalog"


def router(state: State) -> APIRouter:
    routes = APIRouter()

    @routes.post(f"{UNITY}/catalogs")
    def make_catalog(body: dict[str, Any]) -> Any:
        return state.add("catalog", body["name"], {"name": body["name"], "catalog_type": "MANAGED_CATALOG"})

    @routes.get(f"{UNITY}/catalogs/{{name}}")
    def catalog(name: str) -> Any:
        return state.get("catalog", name)

    @routes.post(f"{UNITY}/schemas")
    def make_schema(body: dict[str, Any]) -> Any:
        state.get("catalog", body["catalog_name"])
        made = shapes.schema(body)
        return state.add("schema", made["full_name"], made)

    @routes.get(f"{UNITY}/schemas/{{name}}")
    def schema(name: str) -> Any:
        return state.get("schema", name)

    _contents(state, routes)
    return routes


def _contents(state: State, routes: APIRouter) -> None:
    @routes.post(f"{UNITY}/volumes")
    def make_volume(body: dict[str, Any]) -> Any:
        place = f"{body['catalog_name']}.{body['schema_name']}"
        state.get("schema", place)
        made = shapes.volume(body)
        return state.add("volume", made["full_name"], made)

    @routes.get(f"{UNITY}/volumes/{{name}}")
    def volume(name: str) -> Any:
        return state.get("volume", name)

    @routes.post(f"{UNITY}/models")
    def make_model(body: dict[str, Any]) -> Any:
        made = shapes.model(body)
        return state.add("model", made["full_name"], made)

    @routes.get(f"{UNITY}/models")
    def models() -> Any:
        return {"registered_models": list(state.kind("model").values())}

    @routes.get(f"{UNITY}/tables")
    def tables(catalog_name: str, schema_name: str) -> Any:
        state.get("schema", f"{catalog_name}.{schema_name}")
        return {
            "tables": [
                {"name": name, "catalog_name": catalog_name, "schema_name": schema_name, "table_type": kind}
                for name, kind in state.kind("table").items()
            ]
        }

    @routes.get(f"{UNITY}/functions")
    def functions() -> Any:
        return {"functions": [{"name": name} for name in state.kind("function")]}

    @routes.put("/api/2.0/fs/files/{path:path}")
    async def upload(path: str, request: Request) -> Any:
        _, place, schema_name, volume_name, *_ = path.split("/")
        state.get("volume", f"{place}.{schema_name}.{volume_name}")
        target = state.volumes / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(await request.body())
        return {}
