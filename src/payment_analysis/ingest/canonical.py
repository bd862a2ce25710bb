"""Our own format: columns or members named like the canonical fields, in CSV, JSONL or Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.attempt import FIELD_BY_NAME, REQUIRED, Field, FieldType
from payment_analysis.domain.errors import BadFile
from payment_analysis.domain.quarantine import Reason
from payment_analysis.ingest.json_rows import kind_of
from payment_analysis.ingest.plan import AMOUNT, Given, Plan, RowFault, Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from payment_analysis.ingest.plan import Raw

NAMES = (*FIELD_BY_NAME, AMOUNT)
_NATIVE = {
    "VARCHAR": {FieldType.STRING},
    "BIGINT": {FieldType.BIGINT, FieldType.INT},
    "INTEGER": {FieldType.BIGINT, FieldType.INT},
    "BOOLEAN": {FieldType.BOOLEAN},
    "TIMESTAMP WITH TIME ZONE": {FieldType.TIMESTAMP},
    "DECIMAL(6,4)": {FieldType.SCORE},
}
_NESTED = ("STRUCT", "MAP", "UNION", "[]", "BLOB")


def csv_plan(name: str, raw: Raw) -> Plan:
    """The plan for a CSV file whose header names canonical fields."""
    spelled = {column.lower(): column for column in raw.columns}
    given = {field: Given(raw.columns[spelled[field]], spelled[field]) for field in NAMES if field in spelled}
    _prepare(name, given)
    return Plan("canonical", given, strict=True, scanned=dict(raw.columns), warnings=_ignored(raw.columns))


def json_plan(name: str, raw: Raw, members: Iterable[str]) -> Plan:
    """The plan for objects whose members are canonical fields; `members` are the names that occur."""
    occurring = set(members)
    given = {field: Given(raw.columns[field], field) for field in NAMES if field in occurring}
    _prepare(name, given)
    faults = tuple(
        RowFault(Reason.NOT_A_TEXT, f"{kind_of(raw, field)} in ('OBJECT', 'ARRAY')", field, field=field)
        for field in given
    )
    scanned = {field: raw.columns[field] for field in given}
    style = Style(epoch=True)
    return Plan("canonical", given, True, style, faults=faults, scanned=scanned, warnings=_ignored(occurring))


def parquet_plan(name: str, raw: Raw, types: Mapping[str, str]) -> Plan:
    """The plan for a Parquet file whose columns are canonical fields; columns of the right type are not parsed."""
    spelled = {column.lower(): column for column in types}
    given = {}
    for field in (field for field in NAMES if field in spelled):
        column = spelled[field]
        given[field] = _parquet_column(name, field, column, raw.columns[column], types[column])
    _prepare(name, given)
    return Plan("canonical", given, strict=True, style=Style(epoch=True), warnings=_ignored(types))


def _parquet_column(name: str, field: str, column: str, sql: str, kind: str) -> Given:
    if any(word in kind for word in _NESTED):
        raise BadFile(f"{name}: column {column} has type {kind}", hint=f"write {field} as a plain column")
    known = FIELD_BY_NAME.get(field)
    if known is None or known.type not in _NATIVE.get(kind, set()) or _needs_capitals(known):
        return Given(f"cast({sql} as varchar)", column)
    return Given(f"nullif({sql}, '')" if kind == "VARCHAR" else sql, column, native=True)


def _needs_capitals(field: Field) -> bool:
    return field.name == "currency"


def _prepare(name: str, given: dict[str, Given]) -> None:
    """One amount, and every required field; otherwise the file is not this format."""
    if "amount_minor" in given:
        given.pop(AMOUNT, None)
    missing = [field for field in REQUIRED if field not in given and not (field == "amount_minor" and AMOUNT in given)]
    if missing:
        raise BadFile(
            f"{name} has no column {', '.join(missing)}",
            hint="add it, or describe the file in a mapping and use format csv",
        )


def _ignored(columns: Iterable[str]) -> tuple[str, ...]:
    extra = sorted(column for column in columns if column.lower() not in NAMES)
    return (f"ignored columns: {', '.join(extra)}",) if extra else ()
