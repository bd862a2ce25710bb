"""Rows of a CSV text: separator and header found, every line accounted for, line numbers kept."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import duckdb

from payment_analysis.domain.errors import BadFile
from payment_analysis.domain.quarantine import Reason
from payment_analysis.ingest.plan import Raw, literal
from payment_analysis.ingest.sieve import Sieved, sieve

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from payment_analysis.ingest.engine import Engine
    from payment_analysis.ingest.text_file import TextFile

SEPARATORS = (",", ";", "\t", "|")
_HEADER_WITHIN_LINES = 20
_LINE_BYTES_MAX = 2 * 1024**2
_REASONS = {
    "MISSING COLUMNS": Reason.TOO_FEW_COLUMNS,
    "TOO MANY COLUMNS": Reason.TOO_MANY_COLUMNS,
    "UNQUOTED VALUE": Reason.BROKEN_QUOTES,
}


@dataclass(frozen=True, slots=True)
class Header:
    """Where the rows begin and what their columns are called."""

    names: tuple[str, ...]
    separator: str
    last_line: int

    def named(self, name: str) -> str | None:
        """The header's own spelling of a name, ignoring case."""
        return next((known for known in self.names if known.lower() == name.lower()), None)


def find_header(path: Path, name: str, known: Collection[str], separator: str | None) -> Header:
    """The line among the first ones, and the separator, under which most of the known names are columns."""
    wanted = {word.lower() for word in known}
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(islice(file, _HEADER_WITHIN_LINES))
    best, most = None, 0
    for first in range(len(lines)):
        for candidate in (separator,) if separator else SEPARATORS:
            reader = csv.reader(lines[first:], delimiter=candidate)
            names = tuple(column.strip() for column in next(reader, []))
            found = len({column.lower() for column in names} & wanted)
            if found > most:
                best, most = Header(names, candidate, first + reader.line_num), found
    if best is None:
        some = ", ".join(sorted(known)[:4])
        raise BadFile(f"{name} has no header line with a known column such as {some}", hint="check format and mapping")
    return best


def csv_rows(engine: Engine, text: TextFile, header: Header, work: Path) -> Raw:
    """Put the rows of the text where they can be read again by number, and set unreadable ones aside."""
    sieved = sieve(text, header.separator, len(header.names), header.last_line + 1, work)
    columns = [f"c{index}" for index in range(len(header.names))]
    listed = ", ".join(f"'{column}': 'varchar'" for column in columns)
    select = (
        f"select * from read_csv({literal(str(sieved.path))}, auto_detect = false, header = false, "
        f"skip = {header.last_line}, delim = {literal(header.separator)}, quote = '\"', escape = '\"', "
        f"columns = {{{listed}}}, max_line_size = {_LINE_BYTES_MAX}, store_rejects = true, rejects_limit = 0)"
    )
    try:
        engine.copy(select, work / "rows.parquet", share=0.2, ordered=True)
    except duckdb.InvalidInputException as error:
        what = str(error).splitlines()[0]
        raise BadFile(f"{text.name} cannot be read as CSV: {what}", hint="check the separator and line ends") from error
    _set_aside(engine, sieved, work)
    kept = engine.number(f"select count(*) from read_parquet({literal(str(work / 'rows.parquet'))})")
    if kept + engine.number("select count(*) from refused") == 0:
        raise BadFile(f"{text.name} has a header and no rows", hint="export it again")
    record = ", ".join(f"{literal(name)}, {column}" for name, column in _pairs(header, columns))
    return Raw(
        relation=_numbered(engine, work / "rows.parquet", header.last_line),
        rows=kept + engine.number("select count(*) from refused"),
        columns=dict(_pairs(header, columns)),
        record=f"cast(json_object({record}) as varchar)",
        refused="refused",
    )


def _pairs(header: Header, columns: list[str]) -> list[tuple[str, str]]:
    """Names and columns; a name that occurs twice keeps its first column."""
    pairs: dict[str, str] = {}
    for index, (name, column) in enumerate(zip(header.names, columns, strict=True), start=1):
        pairs.setdefault(name or f"column {index}", column)
    return list(pairs.items())


def _set_aside(engine: Engine, sieved: Sieved, work: Path) -> None:
    """Tables `gone`, lines that are no row among the kept ones, and `refused`, rows that cannot be read."""
    _table(engine, "broken", sieved.broken, work)
    _table(engine, "removed", ((line, "") for line in [*(line for line, _ in sieved.broken), *sieved.continued]), work)
    _table(engine, "gone", ((line, "") for line in sieved.blank + sieved.continued), work)
    engine.run(
        "create temp table removed_before as select line - place as threshold, max(place + 1) as shift "
        "from (select line, row_number() over (order by line) - 1 as place from removed) group by all",
        share=0,
    )
    reason = " ".join(f"when '{what}' then '{reason}'" for what, reason in _REASONS.items())
    engine.run(
        "create temp table refused as select r.line + coalesce(b.shift, 0) as _row, "
        f"case error_type {reason} else '{Reason.UNREADABLE_ROW}' end as reason, '' as value, "
        "cast(json_object('line', trim(csv_line, chr(10) || chr(13))) as varchar) as record from "
        "(select line, min(error_type) as error_type, min(csv_line) as csv_line from reject_errors group by line) r "
        "asof left join removed_before b on r.line >= b.threshold union all "
        f"select line, '{Reason.BROKEN_QUOTES}', '', cast(json_object('line', text) as varchar) from broken",
        share=0,
    )
    engine.run("insert into gone select _row, '' from refused", share=0)


def _table(engine: Engine, name: str, lines: Iterable[tuple[int, str]], work: Path) -> None:
    """A table of what Python found, by way of a file: Arrow would load pandas wherever it is installed."""
    path = work / f"{name}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(line)}\n" for line in lines)
    one_value = "format = 'newline_delimited', records = false, columns = {'pair': 'json'}"
    read = f"read_json({literal(str(path))}, {one_value})"
    engine.run(
        f"create temp table {name} as select cast(pair->>0 as bigint) as line, pair->>1 as text from {read}", share=0
    )


def _numbered(engine: Engine, rows: Path, header_lines: int) -> str:
    """The kept rows with their line numbers: the place in the file plus all lines before it that are no kept row."""
    source = f"read_parquet({literal(str(rows))}, file_row_number = true)"
    if engine.number("select count(*) from gone") == 0:
        return f"(select *, file_row_number + {header_lines + 1} as _row from {source})"
    engine.run(
        f"create temp table gone_before as select line - {header_lines} - place - 1 as threshold, "
        "max(place + 1) as shift "
        "from (select line, row_number() over (order by line) - 1 as place from gone) group by all",
        share=0,
    )
    return (
        f"(select r.*, file_row_number + {header_lines + 1} + coalesce(g.shift, 0) as _row from {source} r "
        "asof left join gone_before g on r.file_row_number >= g.threshold)"
    )
