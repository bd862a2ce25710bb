"""Bronze: landing rows that pass the checks, and beside it the rows that do not, each with its reason.

Both tables read landing from their own position, and each commits its rows together with its position. A build that
dies between the two commits goes on where each of them stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.domain.quarantine import LONG_DIGITS, MASK, SENTENCES, Reason
from payment_analysis.lakehouse.checks import checked_files, holds
from payment_analysis.lakehouse.data_file import CLUSTER_COLUMN, adopt_file, committing, write_files
from payment_analysis.lakehouse.report import TableReport
from payment_analysis.lakehouse.schema import columns_of, contract, literal
from payment_analysis.lakehouse.workbench import DEFINITION, source_position, typed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from payment_analysis.lakehouse.delta import Snapshot
    from payment_analysis.lakehouse.report import Mode
    from payment_analysis.lakehouse.table import Check, Table
    from payment_analysis.lakehouse.workbench import Workbench

LANDING: Final = "payments_stream_input"
QUARANTINE: Final = "payments_quarantine_bronze"
DROPPED_PREFIX: Final = "bronze:"  # begins the quarantine_id of a row that bronze dropped
_MASKED: Final = f"{literal(LONG_DIGITS)}, {literal(MASK)}, 'g'"


def build_bronze(bench: Workbench, table: Table) -> TableReport:
    """Take the rows that landed since the last time and pass the checks."""
    landing, target = bench.open(bench.sources[LANDING]), bench.open(table)
    files, mode, positions = _unread(bench, table, landing, target)
    if mode == "unchanged":
        return TableReport(table.name, mode, target.rows)

    bench.bind(LANDING, files)
    if _is_plain_copy(table) and _all_pass(bench, table, files):
        folder = bench.store.folder(table.name)
        written = tuple(adopt_file(bench.connection, path, folder, time=CLUSTER_COLUMN) for path in files)
    else:
        written = write_files(
            bench.connection, f"{typed(table)} where {passing(table)}", bench.store.folder(table.name)
        )
    bench.bind(LANDING, landing.paths, landing.rows)
    with committing(written):
        warned = checked_files(bench.connection, table, written)
        if mode == "full":
            bench.store.replace(target, written, columns_of(table), positions=positions)
        else:
            bench.store.commit(target, written, positions=positions)
    return TableReport(table.name, mode, bench.reopen(table).rows, sum(file.rows for file in written), warned)


def build_quarantine(bench: Workbench, table: Table) -> TableReport:
    """Keep the landed rows that bronze drops: reason, field, masked value and masked record."""
    quarantine = bench.sources[QUARANTINE]
    landing, target = bench.open(bench.sources[LANDING]), bench.open(quarantine)
    files, mode, positions = _unread(bench, table, landing, target)
    if mode == "unchanged":
        return TableReport(QUARANTINE, mode, target.rows)

    bench.bind(LANDING, files)
    nothing = f"select * from {QUARANTINE} where false"
    put_aside = nothing if _all_pass(bench, table, files) else dropped(bench, table)
    kept = f"select * from {QUARANTINE} where not starts_with(quarantine_id, '{DROPPED_PREFIX}')"
    rows = put_aside if mode == "incremental" else f"{kept} union all by name {put_aside}"
    written = write_files(
        bench.connection, contract(columns_of(quarantine), f"({rows})"), bench.store.folder(QUARANTINE)
    )
    bench.bind(LANDING, landing.paths, landing.rows)
    with committing(written):
        if mode == "full":
            bench.store.replace(target, written, columns_of(quarantine), positions=positions)
        else:
            bench.store.commit(target, written, positions=positions)
    return TableReport(QUARANTINE, mode, bench.reopen(quarantine).rows, sum(file.rows for file in written))


def assert_conserved(bench: Workbench, table: Table) -> None:
    """Every landed row is in bronze or in quarantine, and in one of them only."""
    landed = bench.open(bench.sources[LANDING]).rows
    dropped = _number(bench, f"select count(*) from {QUARANTINE} where starts_with(quarantine_id, '{DROPPED_PREFIX}')")
    kept = bench.open(table).rows
    assert landed == kept + dropped, f"{landed} landed, but {kept} in {table.name} and {dropped} in {QUARANTINE}"


def _unread(
    bench: Workbench, table: Table, landing: Snapshot, target: Snapshot
) -> tuple[Sequence[Path], Mode, dict[str, int]]:
    """The landing files the target has not read, how to take them, and the positions to note with them."""
    bench.open_reads(table)
    definition = bench.definition(table, besides=LANDING)
    positions = {DEFINITION: definition, source_position(LANDING): landing.generation}
    cursor = target.position(source_position(LANDING))
    if cursor is None or target.position(DEFINITION) != definition:
        return landing.paths, "full", positions
    if cursor == landing.generation:
        return (), "unchanged", positions
    files = bench.store.files_since(landing, cursor)
    return (landing.paths, "full", positions) if files is None else (files, "incremental", positions)


def passing(table: Table) -> str:
    return " and ".join(holds(check) for check in table.drops) or "true"


def _all_pass(bench: Workbench, table: Table, files: Sequence[Path]) -> bool:
    """Whether bronze drops no row of these files; bronze and its quarantine ask one after the other."""
    known = bench.passed.get(table.name)
    if known is None or known[0] != tuple(files):
        broken = _number(bench, f"select count(*) from {LANDING} where not ({passing(table)})")
        known = bench.passed[table.name] = (tuple(files), broken == 0)
    return known[1]


def dropped(bench: Workbench, table: Table) -> str:
    """Rows that break a check, as quarantine rows; the first broken check gives the reason."""
    columns = ", ".join(f'"{name}"' for name in bench.columns(LANDING))

    def by_check(*values: str) -> str:
        cases = " ".join(f"when not {holds(c)} then {v}" for c, v in zip(table.drops, values, strict=True))
        return f"case {cases} end"

    masked = f"regexp_replace({by_check(*(f'cast({c.field} as varchar)' for c in table.drops))}, {_MASKED})"
    return f"""
        select
            '{DROPPED_PREFIX}' || md5(_event_key) as quarantine_id,
            {by_check(*(literal(check.reason) for check in table.drops))} as reason,
            {by_check(*(literal(check.field) for check in table.drops))} as field,
            {masked} as masked_value,
            replace({by_check(*(literal(_sentence(c)) for c in table.drops))}, '{{value}}', coalesce({masked}, 'empty'))
                as detail,
            regexp_replace(cast(to_json(struct_pack({columns})) as varchar), {_MASKED}) as record,
            _source, _source_file, _source_row, cast(null as varchar) as _file_digest, _ingested_at
        from {LANDING}
        where not ({passing(table)})"""


def _sentence(check: Check) -> str:
    """The words of the reason; {value} is filled in per row."""
    sentence = SENTENCES.get(Reason(check.reason)) if check.reason in set(Reason) else None
    return (sentence or "{source} is {value}; it must satisfy: {rule}.").format(
        source=check.field, value="{value}", rule=check.predicate
    )


def _is_plain_copy(table: Table) -> bool:
    """Whether the definition is `select * from` landing, so that a file whose rows all pass is a file of bronze."""
    select = table.statement
    clauses = {name for name, value in select.args.items() if value}
    return (
        isinstance(select, exp.Select)
        and clauses <= {"expressions", "from", "from_"}
        and [type(column) for column in select.expressions] == [exp.Star]
        and table.reads == {LANDING}
    )


def _number(bench: Workbench, sql: str) -> int:
    return int(bench.connection.execute(sql).fetchall()[0][0])
