"""AI/BI dashboards, Genie spaces and the workspace's folders."""

from __future__ import annotations

import json
import re
from typing import Any

from fastapi import APIRouter
from tests.workspace.emulator import sql
from tests.workspace.emulator.shapes import moment
from tests.workspace.emulator.state import State, no

BOARDS, SPACES = "/api/2.0/lakeview/dashboards", "/api/2.0/genie/spaces"
HOME = "/Shared"  # where a space goes that was given no folder


def router(state: State) -> APIRouter:
    routes = APIRouter()
    _boards(state, routes)
    _spaces(state, routes)
    _conversations(state, routes)

    @routes.post("/api/2.0/workspace/mkdirs")
    def mkdirs(body: dict[str, Any]) -> Any:
        state.kind("folder")[body["path"]] = True
        return {}

    return routes


def _boards(state: State, routes: APIRouter) -> None:
    @routes.get(BOARDS)
    def listed() -> Any:
        return {"dashboards": list(state.kind("board").values())}

    @routes.post(BOARDS)
    def create(body: dict[str, Any], dataset_catalog: str = "", dataset_schema: str = "") -> Any:
        if not isinstance(body["serialized_dashboard"], str) or "pages" not in json.loads(body["serialized_dashboard"]):
            raise no(400, "INVALID_PARAMETER_VALUE", "failed to parse serialized dashboard")
        taken = {(one["parent_path"], one["display_name"]) for one in state.kind("board").values()}
        if (body["parent_path"], body["display_name"]) in taken:
            raise no(409, "ALREADY_EXISTS", f"Node named '{body['display_name']}' already exists")
        number = f"{state.number():032x}"
        path = f"{body['parent_path']}/{body['display_name']}.lvdash.json"
        state.kind("place")[number] = (dataset_catalog, dataset_schema)
        made = {**body, "dashboard_id": number, "etag": "1", "path": path, "lifecycle_state": "ACTIVE"}
        made |= {"create_time": moment(), "update_time": moment()}
        return state.add("board", number, made)

    @routes.patch(f"{BOARDS}/{{number}}")
    def update(number: str, body: dict[str, Any]) -> Any:
        held = state.get("board", number)
        held |= body | {"etag": str(int(held["etag"]) + 1), "update_time": moment()}
        return held

    @routes.get(f"{BOARDS}/{{number}}")
    def get(number: str) -> Any:
        return state.get("board", number)

    @routes.post(f"{BOARDS}/{{number}}/published")
    def publish(number: str, body: dict[str, Any]) -> Any:
        name = state.get("board", number)["display_name"]
        state.kind("published")[number] = {"display_name": name, "revision_create_time": moment(), **body}
        return state.kind("published")[number]

    @routes.get(f"{BOARDS}/{{number}}/published")
    def published(number: str) -> Any:
        return state.get("published", number)


def _spaces(state: State, routes: APIRouter) -> None:
    @routes.get(SPACES)
    def listed() -> Any:
        shown = ("space_id", "title", "description", "warehouse_id")
        return {"spaces": [{key: one[key] for key in shown if key in one} for one in state.kind("space").values()]}

    @routes.post(SPACES)
    def create(body: dict[str, Any]) -> Any:
        json.loads(body["serialized_space"])
        number = f"{state.number():032x}"
        return state.add("space", number, {"parent_path": HOME, **body, "space_id": number, "etag": "1"})

    @routes.patch(f"{SPACES}/{{number}}")
    def update(number: str, body: dict[str, Any]) -> Any:
        held = state.get("space", number)
        held |= body | {"etag": str(int(held["etag"]) + 1)}
        return held

    @routes.get(f"{SPACES}/{{number}}")
    def get(number: str) -> Any:
        return state.get("space", number)


def _conversations(state: State, routes: APIRouter) -> None:
    """A question is answered by the example of the space that shares most words with it, run on the engine."""

    @routes.post(f"{SPACES}/{{number}}/start-conversation")
    def start(number: str, body: dict[str, Any]) -> Any:
        conversation = f"conversation-{state.number()}"
        message = _message(state, number, conversation, body["content"])
        return {"conversation_id": conversation, "message_id": message["message_id"], "message": message,
                "conversation": {"id": conversation, "space_id": number, "title": body["content"],
                                 "user_id": 1, "conversation_id": conversation}}  # fmt: skip

    @routes.post(f"{SPACES}/{{number}}/conversations/{{conversation}}/messages")
    def message(number: str, conversation: str, body: dict[str, Any]) -> Any:
        return _message(state, number, conversation, body["content"])

    @routes.get(f"{SPACES}/{{number}}/conversations/{{conversation}}/messages/{{name}}")
    def get(name: str) -> Any:
        return state.get("message", name)

    @routes.get(
        f"{SPACES}/{{number}}/conversations/{{conversation}}/messages/{{name}}/attachments/{{part}}/query-result"
    )
    def result(name: str) -> Any:
        statement = state.get("message", name)["attachments"][0]["query"]["query"]
        columns, types, rows = sql.answer(state, statement, {})
        described = [{"name": one, "type_text": word} for one, word in zip(columns, types, strict=True)]
        return {
            "statement_response": {
                "statement_id": name,
                "status": {"state": "SUCCEEDED"},
                "manifest": {"schema": {"columns": described}},
                "result": {"data_array": [[None if cell is None else str(cell) for cell in row] for row in rows]},
            }
        }


def _message(state: State, number: str, conversation: str, asked: str) -> dict[str, Any]:
    space = json.loads(state.get("space", number)["serialized_space"])
    words = set(re.findall(r"\w+", asked.lower()))
    examples = space["instructions"]["example_question_sqls"]
    best = max(examples, key=lambda one: len(words & set(re.findall(r"\w+", one["question"][0].lower()))))
    query = {"query": "".join(best["sql"]), "description": best["question"][0]}
    name = f"message-{state.number()}"
    return dict(
        state.add(
            "message",
            name,
            {
                "id": name,
                "message_id": name,
                "space_id": number,
                "conversation_id": conversation,
                "content": asked,
                "status": "COMPLETED",
                "attachments": [{"attachment_id": f"{name}-1", "query": query}],
            },
        )
    )
