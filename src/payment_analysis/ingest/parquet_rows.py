"""Rows of a Parquet file, read where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from payment_analysis.domain.errors import BadFile
from payment_analysis.ingest.plan import Raw, literal, quoted
from payment_analysis.ingest.text_file import open_file

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.ingest.engine import Engine

MAGIC = b"PAR1"


def is_parquet(path: Path) -> bool:
    """Whether the file begins, or is named, like Parquet."""
    with open_file(path) as file:
        return file.peek(4)[:4] == MAGIC or path.suffix.lower() in {".parquet", ".pq"}


def parquet_rows(engine: Engine, path: Path) -> tuple[Raw, dict[str, str]]:
    """The rows, and the type of every column."""
    # a list of one path, because a single name would be read as a pattern
    source = f"read_parquet([{literal(str(path).replace('*', '[*]').replace('?', '[?]'))}], file_row_number = true)"
    try:
        described = engine.rows(f"describe select * exclude (file_row_number) from {source}")
        rows = engine.number(f"select count(*) from {source}")
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.BinderException) as error:
        what = str(error).splitlines()[0]
        raise BadFile(f"{path} is a broken or truncated Parquet file: {what}", hint="write it again") from error
    if rows == 0:
        raise BadFile(f"{path} has no rows", hint="export it again")
    types = {str(name): str(kind) for name, kind, *_ in described}
    pairs = ", ".join(f"{literal(name)}, {quoted(name)}" for name in types)
    raw = Raw(
        relation=f"(select *, file_row_number + 1 as _row from {source})",
        rows=rows,
        columns={name: quoted(name) for name in types},
        record=f"cast(json_object({pairs}) as varchar)",
    )
    return raw, types
