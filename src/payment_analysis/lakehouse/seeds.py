"""Seeds: the knowledge of `domain`, written out as small tables so that SQL can join it.

Working out 9,000 decline rules takes most of a second, so it is done only when a file of `domain` changed, and the
table is written only when the rows did.
"""

from __future__ import annotations

import json
import uuid
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from payment_analysis import domain
from payment_analysis.domain import alert_rules, countries, declines, irreversible_codes, money, retry_rules
from payment_analysis.lakehouse.data_file import committing, write_files
from payment_analysis.lakehouse.delta import DEFINITION, fingerprint
from payment_analysis.lakehouse.report import TableReport
from payment_analysis.lakehouse.schema import columns_of, contract, duckdb_type, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from payment_analysis.lakehouse.schema import Columns
    from payment_analysis.lakehouse.table import Source
    from payment_analysis.lakehouse.workbench import Workbench

    Rows = Iterable[Mapping[str, object]]
    Seeds = Mapping[str, Callable[[str], Rows]]  # each is given the reporting currency

CONTENT: Final = "content"


def _reporting_rates(reporting_currency: str) -> Iterator[Mapping[str, object]]:
    for row in money.rate_rows(reporting_currency):
        yield {"reporting_currency": reporting_currency, **row}


SEEDS: Final[Seeds] = {
    "advice_codes": lambda _: declines.advice_code_rows(),
    "alert_thresholds": lambda _: alert_rules.alert_rule_rows(),
    "countries": lambda _: countries.country_rows(),
    "currencies": lambda _: money.currency_rows(),
    "decline_knowledge": lambda _: declines.knowledge_rows(),
    "decline_reasons": lambda _: declines.reason_rows(),
    "decline_words": lambda _: declines.word_rows(),
    "irreversible_codes": lambda _: irreversible_codes.irreversible_rows(),
    "reporting_rates": _reporting_rates,
    "retry_rules": lambda _: retry_rules.rule_rows(),
    "visa_categories": lambda _: declines.category_rows(),
}


@cache
def knowledge_edition() -> int:
    """A fingerprint of everything `domain` knows: its modules and its data files."""
    folder = Path(domain.__file__).parent
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".csv", ".json", ".yml"})
    return fingerprint([(path.relative_to(folder).as_posix(), path.read_bytes()) for path in files])


def build_seed(bench: Workbench, source: Source, rows: Callable[[str], Rows], reporting_currency: str) -> TableReport:
    """Let the table hold exactly the rows that `domain` knows now."""
    target = bench.open(source)
    columns = columns_of(source)
    definition = fingerprint(list(columns.items()), knowledge_edition(), reporting_currency)
    if target.position(DEFINITION) == definition:
        return TableReport(source.name, "unchanged", target.rows)
    values = [tuple(row[name] for name in columns) for row in rows(reporting_currency)]
    positions = {DEFINITION: definition, CONTENT: fingerprint(values)}
    if target.position(CONTENT) == positions[CONTENT]:
        bench.store.commit(target, (), positions=positions, data_change=False)
        return TableReport(source.name, "unchanged", bench.reopen(source).rows)
    with as_file(bench.scratch, [dict(zip(columns, row, strict=True)) for row in values]) as path:
        written = write_files(bench.connection, rows_in(path, columns), bench.store.folder(source.name))
    with committing(written):
        bench.store.replace(target, written, columns, positions=positions)
    rows_now = bench.reopen(source).rows
    return TableReport(source.name, "full", rows_now, rows_now)


@contextmanager
def as_file(scratch: Path, rows: Sequence[Mapping[str, object]]) -> Iterator[Path]:
    """The rows as lines of JSON, for as long as they are read; Arrow would import pandas first, if there is one."""
    path = scratch / f"seed-{uuid.uuid4()}.jsonl"
    path.write_text("".join(json.dumps(row, default=str) + "\n" for row in rows), encoding="utf-8")
    try:
        yield path
    finally:
        path.unlink()


def rows_in(path: Path, columns: Columns) -> str:
    """A SELECT of the rows of such a file, with these columns and types."""
    typed = ", ".join(f"{literal(name)}: {literal(duckdb_type(word))}" for name, word in columns.items())
    source = f"read_json({literal(str(path))}, format = 'newline_delimited', columns = {{{typed}}})"
    return contract(columns, source)
