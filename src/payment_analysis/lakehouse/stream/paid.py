"""payments_silver beside the stream: the payments whose attempts changed are worked out anew, at a slower beat."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyarrow as pa

from payment_analysis.lakehouse import background
from payment_analysis.lakehouse.checks import run_checks
from payment_analysis.lakehouse.data_file import CLUSTER_COLUMN, committing, discard, rows_of
from payment_analysis.lakehouse.delta import DEFINITION
from payment_analysis.lakehouse.duck import shown
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.stream import settlement
from payment_analysis.lakehouse.stream.head import Head
from payment_analysis.lakehouse.workbench import Workbench, source_position

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.schema import Columns
    from payment_analysis.lakehouse.table import Table


class Paid:
    """The payments that wait to be worked out anew; payments_silver has been built when it begins.

    They are worked out beside the batches, by a thread that stands back and has a connection of its own: half a million
    payments take seconds. Who tells it what changed hands that over only when it has ended.
    """

    def __init__(self, bench: Workbench, silver: str, payments: Table) -> None:
        self._silver, self._payments = silver, payments
        snapshot = bench.reopen(payments)
        self._head = Head(bench.store, snapshot)
        self._definition = bench.definition(payments, besides=silver)
        self._read_columns = _named(payments, bench.columns(silver))
        bench.connection.execute(
            f"create or replace table paid as select hash(payment_id) as payment from {payments.name}"
        )
        self._touched: list[pa.ChunkedArray] = []  # names of payments, again and again
        cursor = bench.connection.cursor()
        self._bench = Workbench(bench.store, cursor, bench.scratch, bench.tables, bench.sources)
        self._run = cursor.execute
        self._worker = ThreadPoolExecutor(1, "payments", background.stand_back)
        self._work: Future[None] | None = None

    def touch(self, rows: pa.Table) -> None:
        """These rows of silver are new or have changed: their payments have, too."""
        self._touched.append(rows["payment_id"].filter(rows["is_sale"]))

    @property
    def is_at_work(self) -> bool:
        return self._work is not None and not self._work.done()

    def begin(self, silver: Head, *, large_file_rows: int | None) -> None:
        """Work out what has changed until now, in the background; payments in files of more rows than given wait."""
        self.end()
        touched, self._touched = self._touched, []
        names = pa.chunked_array([chunk for one in touched for chunk in one.chunks], pa.string())
        with shown(self._bench.connection, "touched", pa.table({"payment_id": names})):
            self._run("create or replace table handed_over as select distinct payment_id from touched")
        self._work = self._worker.submit(self._work_out, silver.files, silver.generation, large_file_rows)

    def end(self) -> None:
        """Wait until it is done; what went wrong is raised here."""
        if self._work is not None:
            self._work.result()

    def close(self) -> None:
        """Wait until it is done, however it went: the connection is about to be closed."""
        self._worker.shutdown()

    def _work_out(self, silver: Sequence[DataFile], generation: int, large_file_rows: int | None) -> None:
        run, table = self._run, self._payments
        if not self._number("handed_over"):
            return
        self._head.settle()
        waiting = self._find_wanted(large_file_rows)
        self._read(silver)
        with self._bench.definition_of(table) as select:
            run(f"create or replace temp table fresh_payments as {select}")
        settlement.compare(self._bench.connection, table, "fresh_payments", stored="held")
        run_checks(self._bench.connection, table, "came")
        positions = {DEFINITION: self._definition}
        if not waiting:
            positions[source_position(self._silver)] = generation
        if not self._commit(positions):
            self._work_out(silver, generation, large_file_rows)
            return
        run("insert into paid select hash(payment_id) from came anti join repeated using (payment_id)")
        if waiting:
            self._touched.append(self._bench.connection.sql("from waiting").to_arrow_table()["payment_id"])

    def _find_wanted(self, large_file_rows: int | None) -> int:
        """Fill `wanted`, and `held` with what is stored of them; the number of payments that wait.

        One that is known and not in the small files is in a large one, which is not read to say so.
        """
        run = self._run
        run("create or replace temp table wanted as select distinct payment_id from handed_over")
        run("create or replace temp table repeated as from wanted where hash(payment_id) in (from paid)")
        near = [f.path for f in self._head.files if large_file_rows is None or f.rows <= large_file_rows]
        if not self._number("repeated"):  # looking for nobody would read every name there is
            near = []
        listed = rows_of(near, columns_of(self._payments), filename=True)
        run(f"create or replace temp table held as select * from ({listed}) semi join repeated using (payment_id)")
        far = "repeated anti join held using (payment_id)" if large_file_rows is not None else "repeated limit 0"
        run(f"create or replace temp table waiting as from {far}")
        run("delete from wanted where payment_id in (from waiting)")
        return self._number("waiting")

    def _commit(self, positions: dict[str, int]) -> bool:
        """Write the files that hold rows of `gone` again without them, and the rows of `came`.

        False when a compaction took one of these files away meanwhile.
        """
        connection = self._bench.connection
        written, rewritten = settlement.difference(connection, self._payments, self._head, stored="held")
        self._head.settle()
        if not {file.path for file in rewritten} <= set(self._head.paths):
            discard(written)
            return False
        with committing(written):
            self._head.commit(written, remove=[file.path for file in rewritten], positions=positions)
        return True

    def _read(self, silver: Sequence[DataFile]) -> None:
        """Let silver's name stand for the attempts of the wanted payments."""
        run = self._run
        run(
            "create or replace temp table wanted_attempts as select happened, tx from attempts "
            "where pay in (select hash(payment_id, true) from wanted)"
        )
        first, last = run("select min(happened), max(happened) from wanted_attempts").fetchall()[0]
        near = [f.path for f in silver if first and (f.earliest is None or (f.earliest <= last and f.latest >= first))]
        rows = rows_of(near, self._read_columns)
        run(
            f"create or replace temp table paid_attempts as select rows.* from ({rows}) as rows "
            "semi join wanted_attempts "
            "on hash(rows.transaction_id) = wanted_attempts.tx and rows.event_timestamp = wanted_attempts.happened"
        )
        self._bench.bind_select(self._silver, "from paid_attempts")

    def _number(self, relation: str) -> int:
        return int(self._run(f"select count(*) from {relation}").fetchall()[0][0])


def _named(table: Table, columns: Columns) -> Columns:
    """The columns that a definition names, and what its rows are found by; reading all takes four times as long."""
    words = {*re.findall(r"\w+", table.sql), "transaction_id", CLUSTER_COLUMN}
    return {name: word for name, word in columns.items() if name in words}
