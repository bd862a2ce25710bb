"""payments_silver beside the stream: the payments whose attempts changed are worked out anew, at a slower beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.lakehouse.checks import run_checks
from payment_analysis.lakehouse.data_file import committing, rows_of, write_files
from payment_analysis.lakehouse.delta import DEFINITION
from payment_analysis.lakehouse.schema import columns_of, literal
from payment_analysis.lakehouse.stream.head import Head
from payment_analysis.lakehouse.workbench import source_position

if TYPE_CHECKING:
    from payment_analysis.lakehouse.table import Table
    from payment_analysis.lakehouse.workbench import Workbench


class Paid:
    """The payments that wait to be worked out anew; payments_silver has been built when it begins."""

    def __init__(self, bench: Workbench, silver: str, payments: Table) -> None:
        self._bench, self._silver, self._payments = bench, silver, payments
        self._run = bench.connection.execute
        snapshot = bench.reopen(payments)
        self._head = Head(bench.store, snapshot)
        self._definition = bench.definition(payments, besides=silver)
        self._run(f"create or replace table paid as select hash(payment_id) as payment from {payments.name}")
        self._run("create or replace table touched_payments (payment_id varchar)")

    def touch(self, rows: str) -> None:
        """These rows of silver are new or have changed: their payments have, too."""
        self._run(f"insert into touched_payments select distinct payment_id from {rows} where is_sale")

    def work_out(self, silver: Head, *, large_file_rows: int | None) -> int:
        """Commit what changed; payments that lie in files of more rows than given wait. Payments written."""
        run, table = self._run, self._payments
        if not self._number("touched_payments"):
            return 0
        self._head.settle()
        waiting = self._find_wanted(large_file_rows)
        self._read(silver)
        with self._bench.definition_of(table) as select:
            run(f"create or replace temp table fresh_payments as {select}")
        names = ", ".join(f'"{name}"' for name in columns_of(table))
        fresh, held = f"select {names} from fresh_payments", f"select {names} from held"
        run(f"create or replace temp table came as {fresh} except all {held}")
        run(f"create or replace temp table gone as {held} except all {fresh}")
        run_checks(self._bench.connection, table, "came")
        positions = {DEFINITION: self._definition}
        if not waiting:
            positions[source_position(self._silver)] = silver.generation
        self._commit(positions)
        run("insert into paid select hash(payment_id) from came anti join repeated using (payment_id)")
        run("delete from touched_payments where payment_id in (from wanted)")
        return self._number("came")

    def _find_wanted(self, large_file_rows: int | None) -> int:
        """Fill `wanted`, and `held` with what is stored of them; the number of payments that wait."""
        run = self._run
        run("create or replace temp table wanted as select distinct payment_id from touched_payments")
        run("create or replace temp table repeated as from wanted where hash(payment_id) in (from paid)")
        listed = rows_of(self._head.paths, columns_of(self._payments), filename=True)
        if not self._number("repeated"):  # looking for nobody would read every name there is
            listed = rows_of((), columns_of(self._payments), filename=True)
        run(f"create or replace temp table held as select * from ({listed}) semi join repeated using (payment_id)")
        large = [str(f.path) for f in self._head.files if large_file_rows is not None and f.rows > large_file_rows]
        named = ", ".join(map(literal, large)) or "null"
        run(f"create or replace temp table waiting as select payment_id from held where filename in ({named})")
        run("delete from wanted where payment_id in (from waiting)")
        run("delete from held where payment_id in (from waiting)")
        return self._number("waiting")

    def _commit(self, positions: dict[str, int]) -> None:
        """Write the files that hold rows of `gone` again without them, and the rows of `came`."""
        table, connection = self._payments, self._bench.connection
        holding = "select distinct filename from held semi join gone using (payment_id)"
        files = {row[0] for row in self._run(holding).fetchall()}
        rewritten = [file for file in self._head.files if str(file.path) in files]
        kept = rows_of((file.path for file in rewritten), columns_of(table))
        select = f"select * from ({kept}) anti join gone using (payment_id) union all by name from came"
        written = write_files(connection, select, self._head.folder)
        with committing(written):
            self._head.commit(written, remove=[file.path for file in rewritten], positions=positions)

    def _read(self, silver: Head) -> None:
        """Let silver's name stand for the attempts of the wanted payments."""
        run = self._run
        run(
            "create or replace temp table wanted_attempts as select happened, tx from attempts "
            "where pay in (select hash(payment_id, true) from wanted)"
        )
        first, last = run("select min(happened), max(happened) from wanted_attempts").fetchall()[0]
        near = [
            f.path for f in silver.files if first and (f.earliest is None or (f.earliest <= last and f.latest >= first))
        ]
        rows = rows_of(near, self._bench.columns(self._silver))
        run(
            f"create or replace temp table paid_attempts as select rows.* from ({rows}) as rows "
            "semi join wanted_attempts "
            "on hash(rows.transaction_id) = wanted_attempts.tx and rows.event_timestamp = wanted_attempts.happened"
        )
        self._bench.bind_select(self._silver, "from paid_attempts")

    def _number(self, relation: str) -> int:
        return int(self._run(f"select count(*) from {relation}").fetchall()[0][0])
