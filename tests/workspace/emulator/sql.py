"""The SQL warehouse: statements of the kinds we send, answered by the embedded engine."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from tests.workspace.emulator.state import State, no

from payment_analysis.domain.errors import NotBuilt, PaymentAnalysisError
from payment_analysis.lakehouse.bronze import LANDING
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.deployment import SEARCHED, SUMMARIES
from payment_analysis.lakehouse.landing import Landing
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.scope import Narrowed
from payment_analysis.lakehouse.table import load_sources

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = tuple[list[str], list[str], list[tuple[Any, ...]]]
NOTHING: Answer = ([], [], [])
KINDS = {
    "string": "STRING", "bigint": "LONG", "int": "INT", "smallint": "SHORT", "tinyint": "BYTE", "double": "DOUBLE",
    "float": "FLOAT", "boolean": "BOOLEAN", "timestamp": "TIMESTAMP", "date": "DATE",
}  # fmt: skip
READERS: dict[str, Callable[[str], Any]] = {
    "BIGINT": int,
    "BOOLEAN": lambda text: text == "true",
    "DOUBLE": float,
    "TIMESTAMP": datetime.fromisoformat,
    "DATE": date.fromisoformat,
}


def router(state: State) -> APIRouter:
    routes = APIRouter()

    @routes.post("/api/2.0/sql/statements")
    @routes.post("/api/2.0/sql/statements/")
    def execute(body: dict[str, Any], request: Request) -> Any:
        state.spoken.append((request.state.token, body["statement"]))
        if not body.get("warehouse_id"):
            raise no(400, "INVALID_PARAMETER_VALUE", "warehouse_id is missing")
        parameters = {one["name"]: _read(one) for one in body.get("parameters", [])}
        try:
            if body.get("schema") and f"{body['catalog']}.{body['schema']}" not in state.kind("schema"):
                return _failed(f"[SCHEMA_NOT_FOUND] The schema `{body['schema']}` cannot be found.")
            columns, types, rows = answer(state, body["statement"], parameters)
        except NotBuilt as error:
            return _failed(f"[TABLE_OR_VIEW_NOT_FOUND] {error.message}")
        except PaymentAnalysisError as error:
            return _failed(error.message)
        described = [
            {"name": name, "position": place, "type_name": _kind(word), "type_text": word.upper()}
            for place, (name, word) in enumerate(zip(columns, types, strict=True))
        ]
        return {
            "statement_id": f"statement-{state.number()}",
            "status": {"state": "SUCCEEDED"},
            "manifest": {
                "schema": {"column_count": len(described), "columns": described},
                "total_row_count": len(rows),
            },
            "result": {"row_count": len(rows), "data_array": [[_text(cell) for cell in row] for row in rows]},
        }

    return routes


def answer(state: State, statement: str, parameters: dict[str, Any]) -> Answer:
    for pattern, do in STATEMENTS:
        if match := pattern.match(statement):
            do(state, match, statement)
            return NOTHING
    if SEARCHED in statement and SUMMARIES not in statement:
        return ["held"], ["bigint"], [(len(state.kind("summary")),)]
    return _ask(state, statement, parameters)


def _create(state: State, match: re.Match[str], _: str) -> None:
    state.kind("table").setdefault(match[1], "MANAGED")
    if match[1] in load_sources():
        _landing(state, match[1]).ensure()


def _view(state: State, match: re.Match[str], _: str) -> None:
    """A view is made when its SELECT runs."""
    _ask(state, f"select * from (\n{match[2]}\n) limit 0", {})
    state.kind("table")[match[1]] = "VIEW"


def _function(state: State, match: re.Match[str], statement: str) -> None:
    state.kind("function")[match[1]] = statement


def _copy(state: State, match: re.Match[str], _: str) -> None:
    """A file that was copied before adds nothing."""
    table, folder = match[1], match[2]
    if table not in state.kind("table"):
        raise NotBuilt(f"The table `{table}` cannot be found.")
    for path in sorted((state.volumes / folder.lstrip("/")).glob("*.parquet")):
        landing = state.home.own().landing if table == LANDING else _landing(state, table)
        landing.append([path], batch_id=str(path))


def _merge(state: State, _: re.Match[str], __: str) -> None:
    rows = state.home.lakehouse().rows(f"select transaction_id, summary_text, outcome from {SUMMARIES}")
    state.kind("summary").update({row["transaction_id"]: row for row in rows})


def _drop(state: State, match: re.Match[str], _: str) -> None:
    state.kind("table").pop(match[1], None)


STATEMENTS = (
    (re.compile(r"create table if not exists (\w+) ", re.IGNORECASE), _create),
    (re.compile(r"create or replace view (\w+) .*? as\n(.*)", re.IGNORECASE | re.DOTALL), _view),
    (re.compile(r"create or replace function (?:`\w+`\.)*`?(\w+)`?", re.IGNORECASE), _function),
    (re.compile(r"copy into (\w+) from '([^']+)'", re.IGNORECASE), _copy),
    (re.compile(r"merge into (\w+) ", re.IGNORECASE), _merge),
    (re.compile(r"drop view if exists (\w+)", re.IGNORECASE), _drop),
)


def _ask(state: State, statement: str, parameters: dict[str, Any]) -> Answer:
    lakehouse = state.home.lakehouse()
    asked = Narrowed(statement, parameters, "")
    found = lakehouse._query.staged(asked, {"all": "select * from dataset"}, limit=1_000_000)["all"]
    if isinstance(found, PaymentAnalysisError):
        raise found
    return found.columns, found.types, found.rows


def _landing(state: State, name: str) -> Landing:
    folder = state.home.create().path / "lakehouse"
    source = load_sources()[name]
    key = "_event_key" if name == LANDING else source.grain[0]
    return Landing(DeltaStore(folder / "tables"), name, columns_of(source), key=key, scratch=folder / "scratch")


def _failed(message: str) -> dict[str, Any]:
    error = {"error_code": "BAD_REQUEST", "message": message}
    return {"statement_id": "statement-0", "status": {"state": "FAILED", "error": error}}


def _kind(word: str) -> str:
    base = re.split(r"[<(]", word)[0].lower()
    return KINDS.get(base, base.upper())


def _read(parameter: dict[str, Any]) -> Any:
    value = parameter.get("value")
    return value if value is None else READERS.get(parameter.get("type", "STRING"), str)(value)


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return (
        json.dumps(cell, default=str)
        if isinstance(cell, dict | list)
        else str(cell)
        if not isinstance(cell, Decimal)
        else f"{cell:f}"
    )
