"""Objects of a JSON text: one per line, one list, one page of a list, or written over several lines."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING

import duckdb

from payment_analysis.domain.errors import BadFile
from payment_analysis.domain.quarantine import Reason
from payment_analysis.ingest.plan import Raw, literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from payment_analysis.ingest.engine import Engine
    from payment_analysis.ingest.text_file import TextFile

_PAGE_BYTES_MAX = 64 * 1024**2  # DuckDB holds a page, which is one object, twice
_LINE_BYTES_MAX = 2 * 1024**2


def is_json(text: TextFile) -> bool:
    """Whether the text begins like JSON."""
    return _start(text) in (b"[", b"{")


def json_rows(engine: Engine, text: TextFile, paths: Sequence[str], work: Path) -> Raw:
    """Put the objects where they can be read again by number, with the text and the kind of value at every path."""
    objects = work / "rows.parquet"
    try:
        engine.copy(_objects(text), objects, share=0.2, ordered=True)
    except duckdb.InvalidInputException as error:
        what = str(error).splitlines()[0].replace(str(text.path), text.name)
        raise BadFile(
            f"{text.name} is broken or truncated JSON: {what}", hint="export it again, or write one object per line"
        ) from error
    source = f"read_parquet({literal(str(objects))}, file_row_number = true)"
    kept = f"(select file_row_number + 1 as _row, line, kind from {source} where line is not null)"
    rows = engine.number(f"select count(*) from {kept}")
    if rows == 0:
        raise BadFile(f"{text.name} holds no objects", hint="export it again")
    engine.run(
        f"create temp table refused as select _row, case when kind is null then '{Reason.NOT_JSON}' "
        f"else '{Reason.NOT_AN_OBJECT}' end as reason, coalesce(kind, '') as value, "
        f"cast(json_object('line', line) as varchar) as record "
        f"from {kept} where kind is distinct from 'OBJECT'",
        share=0,
    )
    listed = ", ".join(literal(f"$.{path}") for path in paths)
    relation = (
        f"(select _row, line, json_extract_string(line, [{listed}]) as texts, json_type(line, [{listed}]) as kinds "
        f"from (select * from {kept} where kind = 'OBJECT'))"
    )
    columns = {path: f"texts[{index}]" for index, path in enumerate(paths, start=1)}
    return Raw(relation=relation, rows=rows, columns=columns, record="line", refused="refused")


def kind_of(raw: Raw, path: str) -> str:
    """SQL: the kind of JSON value at a path."""
    return raw.columns[path].replace("texts", "kinds")


def members_of(engine: Engine, raw: Raw) -> list[str]:
    """Every name that occurs as a member of an object."""
    found = engine.rows(f"select distinct unnest(json_keys(line)) as name from {raw.relation} order by name")
    return [str(name) for (name,) in found]


def _start(text: TextFile) -> bytes:
    with text.path.open("rb") as file:
        return file.read(4096).removeprefix(codecs.BOM_UTF8).lstrip()[:1]


def _objects(text: TextFile) -> str:
    """A SELECT of every object's text and kind; a kind of null is no JSON."""
    path = literal(str(text.path))
    with text.path.open("rb") as file:
        first = file.readline(_PAGE_BYTES_MAX)
    if _start(text) == b"[":
        read = f"read_json_objects({path}, format = 'array')"
        return f"select cast(json as varchar) as line, json_type(json) as kind from {read}"
    if _is_line_of_its_own(first):
        return (
            "select line, case when json_valid(line) then json_type(line) end as kind "
            f"from read_csv({path}, auto_detect = false, header = false, delim = chr(1), quote = '', escape = '', "
            f"strict_mode = false, max_line_size = {_LINE_BYTES_MAX}, columns = {{'line': 'varchar'}})"
        )
    size = text.path.stat().st_size
    if size > _PAGE_BYTES_MAX:
        raise BadFile(
            f"{text.name} is one JSON object of {size // 1024**2} MB, or objects written over several lines",
            hint="write a JSON list, or one object per line",
        )
    each = f"read_json_objects({path}, format = 'unstructured', maximum_object_size = {max(size, 1024**2)})"
    is_page = "json_extract_string(json, '$.object') = 'list'"
    page = f"case when {is_page} then json_extract(json, '$.data[*]') else [json] end"
    return (
        "select cast(object as varchar) as line, json_type(object) as kind "
        f"from (select unnest({page}) as object from {each})"
    )


def _is_line_of_its_own(line: bytes) -> bool:
    try:
        first = json.loads(line.decode("utf-8-sig"))
    except ValueError:
        return line.rstrip().endswith(b"}")  # a broken first line of many is a bad row, not a bad file
    return not (isinstance(first, dict) and first.get("object") == "list" and "data" in first)
