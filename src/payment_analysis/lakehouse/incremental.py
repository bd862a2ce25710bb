"""Silver, incrementally: recompute just the groups that new rows touch, and get what a full recompute would give.

A definition names, in its `closure`, the columns through which rows depend on each other. Rows reachable from the new
rows through equal values of those columns form whole groups, and a definition over whole groups gives, for them, the
rows it would give over everything. So: find the groups, run the same SQL over them, compare with what the table holds,
write the difference. A batch that touches much of the table is recomputed in full, which is then the cheaper way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse.checks import checked_files, run_checks
from payment_analysis.lakehouse.data_file import committing, rows_of, write_files
from payment_analysis.lakehouse.report import TableReport
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.workbench import DEFINITION, Changes, source_position

if TYPE_CHECKING:
    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.delta import Snapshot
    from payment_analysis.lakehouse.table import Table
    from payment_analysis.lakehouse.workbench import Workbench

TOUCHED_SHARE_MAX: Final = 0.3  # beyond it, comparing costs more than a full overwrite


def build_table(bench: Workbench, table: Table, *, full_refresh: bool = False) -> TableReport:
    """Bring a silver table up to date with what it reads."""
    bench.open_reads(table)
    target = bench.open(table)
    driver = _driver(bench, table)
    definition = bench.definition(table, besides=driver)
    positions = {DEFINITION: definition}
    if driver:
        positions[source_position(driver)] = bench.generation(driver)
    same = target.position(DEFINITION) == definition and not full_refresh
    if same and (driver is None or target.position(source_position(driver)) == bench.generation(driver)):
        return TableReport(table.name, "unchanged", target.rows)
    if same and driver and target.rows:
        report = _by_groups(bench, table, driver, target, positions)
        if report:
            return report
    return _in_full(bench, table, target, positions)


def _driver(bench: Workbench, table: Table) -> str | None:
    """The one table of ours that a definition with a closure reads; everything else it reads is reference data."""
    if not bench.closure(table):
        return None
    (driver,) = (name for name in bench.base_reads(table) if name in bench.tables)
    return driver


def _in_full(bench: Workbench, table: Table, target: Snapshot, positions: dict[str, int]) -> TableReport:
    blank = bench.blank(table)
    with bench.definition_of(table, without=blank, words=bench.few_words(table, without=blank)) as select:
        in_order = f"from ({select}) order by {', '.join(table.cluster_by)}" if table.cluster_by else select
        written = write_files(bench.connection, in_order, bench.store.folder(table.name))
    with committing(written):
        warned = checked_files(bench.connection, table, written)
        bench.store.replace(target, written, columns_of(table), positions=positions)
    rows = bench.reopen(table).rows
    return TableReport(table.name, "full", rows, rows, warned)


def _by_groups(
    bench: Workbench, table: Table, driver: str, target: Snapshot, positions: dict[str, int]
) -> TableReport | None:
    """The incremental way; None when what changed is not known any more or touches too much."""
    changed = _changed_rows(bench, driver, target)
    if changed is None or not _find_touched(bench, table, driver, changed):
        return None
    run, key = bench.connection.execute, _key(table.grain)
    whole = "select * from " + driver
    run(f"create or replace temp table touched_rows as {whole} where {key} in (select member from touched)")
    bench.bind_select(driver, "select * from touched_rows")
    with bench.definition_of(table) as select:
        run(f"create or replace temp table fresh as {select}")
    whole_driver = bench.open(bench.tables[driver])
    bench.bind(driver, whole_driver.paths, whole_driver.rows)
    run(f"create or replace temp table stale as select * from {table.name} where {key} in (select member from touched)")
    run("create or replace temp table came as from fresh except all from stale")
    run("create or replace temp table gone as from stale except all from fresh")

    _, warned = run_checks(bench.connection, table, "came")
    difference = f"changes_of_{table.name}"
    run(f'create or replace temp table "{difference}" as from came union all from gone')
    added, removed = _difference(bench, table, target)
    with committing(added):
        bench.store.commit(target, added, remove=[file.path for file in removed], positions=positions)
    after = bench.reopen(table)
    bench.changes[table.name] = Changes(target.generation, after.generation, f'"{difference}"')
    return TableReport(table.name, "incremental", after.rows, _count(bench, "came"), warned)


def _changed_rows(bench: Workbench, driver: str, target: Snapshot) -> str | None:
    """The rows of the driver, old and new, that changed since the target read it, as a table expression."""
    cursor = target.position(source_position(driver))
    if cursor is None:
        return None
    if bench.tables[driver].layer == "bronze":  # only ever appended to, so its log tells
        files = bench.store.files_since(bench.open(bench.tables[driver]), cursor)
        return None if files is None else f"({rows_of(files, bench.columns(driver))})"
    changes = bench.changes.get(driver)
    whole = changes and changes.since == cursor and changes.until == bench.generation(driver)
    return changes.relation if changes and whole else None


def _find_touched(bench: Workbench, table: Table, driver: str, changed: str) -> bool:
    """Fill `touched` with the groups reachable from the changed rows; False when they are too many to be worth it.

    Members and links are 64-bit hashes: a collision joins two groups, which costs time and never correctness.
    """
    run, key = bench.connection.execute, _key(table.grain)
    run(f"create or replace temp table touched as select distinct {key} as member from {changed}")
    most = TOUCHED_SHARE_MAX * _count(bench, driver)
    closure = bench.closure(table)
    links = [_link(group) for group in closure] if closure != (table.grain,) else []
    if links:
        tied = f"unnest([{', '.join(links)}])"
        run(f"create or replace temp table links as select {key} as member, {tied} as link from {driver}")
        run("create or replace temp table frontier as from touched")
    while links and _count(bench, "frontier") > 0 and _count(bench, "touched") <= most:
        run("create or replace temp table reached as select distinct link from links semi join frontier using (member)")
        run(
            "create or replace temp table frontier as select distinct member "
            "from links semi join reached using (link) anti join touched using (member)"
        )
        run("insert into touched from frontier")
    return _count(bench, "touched") <= most


def _difference(bench: Workbench, table: Table, target: Snapshot) -> tuple[tuple[DataFile, ...], tuple[DataFile, ...]]:
    """Files to add and to remove so that the table loses the rows `gone` and gains the rows `came`."""
    folder, run = bench.store.folder(table.name), bench.connection.execute
    if not _count(bench, "gone"):
        return (write_files(bench.connection, "from came", folder) if _count(bench, "came") else ()), ()
    by_key = f"using ({', '.join(table.grain)})"
    listed = rows_of(target.paths, columns_of(table), filename=True)
    held = {row[0] for row in run(f"select distinct filename from ({listed}) semi join gone {by_key}").fetchall()}
    rewritten = tuple(file for file in target.files if str(file.path) in held)
    kept = f"select * from ({rows_of((file.path for file in rewritten), columns_of(table))}) anti join gone {by_key}"
    return write_files(bench.connection, f"{kept} union all from came", folder), rewritten


def _key(grain: tuple[str, ...]) -> str:
    return f"hash({', '.join(grain)})"


def _link(group: tuple[str, ...]) -> str:
    """One hash per group of columns; null, which joins with nothing, when a part is null.

    The column names are left out on purpose: a payment may be named after one of its attempts.
    """
    missing = " or ".join(f"{name} is null" for name in group)
    return f"case when {missing} then null else hash({', '.join(group)}) end"


def _count(bench: Workbench, name: str) -> int:
    return int(bench.connection.execute(f"select count(*) from {name}").fetchall()[0][0])
