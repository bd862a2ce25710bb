"""A SQL warehouse: statements in, rows with real types out."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from databricks.sdk.service.sql import (
    Disposition,
    ExecuteStatementRequestOnWaitTimeout,
    Format,
    StatementParameterListItem,
    StatementState,
)

from payment_analysis.domain.errors import BadQuery, NotBuilt, NotSignedIn, Unavailable
from payment_analysis.workspace.connection import named_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.sql import ResultData, StatementResponse

FIRST_WAIT: Final = "30s"
POLL_SECONDS: Final = 0.5
STATEMENT_SECONDS_MAX: Final = 900
_GOING: Final = {StatementState.PENDING, StatementState.RUNNING}
_NUMBERS: Final = dict.fromkeys(("BYTE", "SHORT", "INT", "LONG"), int) | dict.fromkeys(("FLOAT", "DOUBLE"), float)


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    **_NUMBERS,
    "DECIMAL": Decimal,
    "BOOLEAN": lambda text: text.lower() == "true",
    "DATE": date.fromisoformat,
    "TIMESTAMP": _instant,
    "TIMESTAMP_NTZ": datetime.fromisoformat,
    "ARRAY": json.loads,
    "MAP": json.loads,
    "STRUCT": json.loads,
}
_WORDS: Final[Mapping[type, str]] = {
    bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", Decimal: "DECIMAL(38,9)", datetime: "TIMESTAMP", date: "DATE",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns, their types in Databricks words, and rows."""

    columns: list[str]
    types: list[str]
    rows: list[tuple[Any, ...]]


class SqlWarehouse:
    """One warehouse, asked within one catalog and schema."""

    def __init__(self, client: WorkspaceClient, warehouse_id: str, catalog: str, schema: str) -> None:
        if not warehouse_id:
            raise NotSignedIn(
                "No SQL warehouse is named.", hint="set DATABRICKS_WAREHOUSE_ID, or warehouse_id of the job"
            )
        self._client = client
        self.warehouse_id = warehouse_id
        self._catalog = catalog
        self._schema = schema

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """The rows of one statement, columns by name."""
        answer = self.run(sql, parameters)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]

    def run(self, sql: str, parameters: Mapping[str, object] | None = None, *, bare: bool = False) -> Rows:
        """Run one statement to its end; `bare` leaves catalog and schema out, for a statement that makes them."""
        named = set(re.findall(r":(\w+)", sql))
        with named_errors("asking the SQL warehouse"):
            response = self._client.statement_execution.execute_statement(
                statement=sql,
                warehouse_id=self.warehouse_id,
                catalog=None if bare else self._catalog,
                schema=None if bare else self._schema,
                parameters=[_parameter(name, value) for name, value in (parameters or {}).items() if name in named],
                wait_timeout=FIRST_WAIT,
                on_wait_timeout=ExecuteStatementRequestOnWaitTimeout.CONTINUE,
                disposition=Disposition.INLINE,
                format=Format.JSON_ARRAY,
            )
            return self._read(self._ended(response))

    def _ended(self, response: StatementResponse) -> StatementResponse:
        until = time.monotonic() + STATEMENT_SECONDS_MAX
        while response.status is not None and response.status.state in _GOING:
            if time.monotonic() > until:
                self._client.statement_execution.cancel_execution(str(response.statement_id))
                raise BadQuery(f"the statement took longer than {STATEMENT_SECONDS_MAX} s", hint="ask for less")
            time.sleep(POLL_SECONDS)
            response = self._client.statement_execution.get_statement(str(response.statement_id))
        if response.status is None or response.status.state is not StatementState.SUCCEEDED:
            raise _failed(response)
        return response

    def _read(self, response: StatementResponse) -> Rows:
        schema = response.manifest.schema if response.manifest else None
        columns = (schema.columns or []) if schema else []
        kinds = [column.type_name.value if column.type_name else "STRING" for column in columns]
        rows: list[tuple[Any, ...]] = []
        part: ResultData | None = response.result
        while part is not None:
            rows += [
                tuple(_value(cell, kind) for cell, kind in zip(row, kinds, strict=True))
                for row in part.data_array or []
            ]
            if part.next_chunk_index is None:
                break
            part = self._client.statement_execution.get_statement_result_chunk_n(
                str(response.statement_id), part.next_chunk_index
            )
        types = [(column.type_text or kind).lower() for column, kind in zip(columns, kinds, strict=True)]
        return Rows([str(column.name) for column in columns], types, rows)


def _value(cell: str | None, kind: str) -> Any:
    return None if cell is None else _READERS.get(kind, str)(cell)


def _parameter(name: str, value: object) -> StatementParameterListItem:
    if value is None:
        return StatementParameterListItem(name=name)
    if isinstance(value, datetime):
        return StatementParameterListItem(name=name, value=value.astimezone(UTC).isoformat(), type="TIMESTAMP")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return StatementParameterListItem(name=name, value=text, type=_WORDS.get(type(value), "STRING"))


def _failed(response: StatementResponse) -> BadQuery | NotBuilt | Unavailable:
    error = response.status.error if response.status else None
    message = (error.message if error else None) or "the statement ended without a reason"
    first = message.strip().splitlines()[0]
    if "TABLE_OR_VIEW_NOT_FOUND" in message:
        return NotBuilt(first, hint="start the pipeline Payment Analysis ETL, then run job 3")
    if "SCHEMA_NOT_FOUND" in message or "CATALOG_NOT_FOUND" in message or "NO_SUCH_CATALOG" in message:
        return NotBuilt(
            first, hint="run job 1: its first task makes catalog and schema; or deploy with --var catalog=…"
        )
    if "CANNOT_START" in message or "TEMPORARILY" in message:
        return Unavailable(first, hint="start the SQL warehouse and ask again")
    return BadQuery(first, hint="DESCRIBE a table to see its columns")
