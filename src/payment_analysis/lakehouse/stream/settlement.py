"""Late rows: what arrives out of order, or again with another outcome, changes silver rows that are written already.

The rows concerned are found in memory: the late attempts, the attempts of their payments, and of each card among these
the attempts from the earliest one on. Only they are read, worked out by the same definition and compared with what is
stored. What a card's attempts counted before them stands in the first of them.

Rows that touch the large files of history wait longer: one late outcome there rewrites a file of a million rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.lakehouse.data_file import rows_of, write_files
from payment_analysis.lakehouse.duck import shown
from payment_analysis.lakehouse.schema import columns_of, literal
from payment_analysis.lakehouse.stream.arrival import OF_CARD, continued
from payment_analysis.lakehouse.stream.memory import ATTEMPT, CARD, of

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.schema import Columns
    from payment_analysis.lakehouse.stream.head import Head
    from payment_analysis.lakehouse.stream.memory import Memory
    from payment_analysis.lakehouse.table import Table


def choose(connection: DuckDBPyConnection, after: datetime | None) -> int:
    """Fill `chosen` with the late rows whose groups begin after an instant, all without one; their number.

    The engine hashes the right side of a join, so the few stand there and not all the attempts there are.
    """
    run = connection.execute
    run(
        "create or replace temp table late_groups as "
        "with groups as (select tx, pay from late union select tx, attempts.pay from attempts join late using (tx)) "
        "select tx, min(happened) as begins from ("
        "  select tx, happened from late union all select tx, attempts.happened from attempts join late using (tx)"
        "  union all select groups.tx, attempts.happened from attempts join groups using (pay)"
        ") group by tx"
    )
    within = f"where begins > {literal(after.isoformat())}::timestamptz" if after else ""
    run(f"create or replace temp table chosen as from late where tx in (select tx from late_groups {within})")
    return int(run("select count(*) from chosen").fetchall()[0][0])


def needs_the_long_way(connection: DuckDBPyConnection) -> bool:
    """Whether a chosen row's payment is formed by a key: which one it is depends on all rows of the key."""
    return bool(connection.execute("select count(*) from chosen where by_key").fetchall()[0][0])


def find_concerned(connection: DuckDBPyConnection) -> None:
    """Fill `concerned` (attempts to work out anew), and the payments and cards they belong to."""
    run = connection.execute
    run(
        "create or replace temp table seeds as "
        "select tx, pay, card, happened from chosen "
        "union all select tx, pay, card, happened from attempts where tx in (select tx from chosen)"
    )
    run("create or replace temp table concerned_payments as select distinct pay from seeds")
    run(
        "create or replace temp table of_payment as "
        "select * from attempts semi join concerned_payments using (pay) union select * from seeds"
    )
    run(
        "create or replace temp table concerned_cards as "
        "select card, min(happened) as begins from of_payment where card is not null group by card"
    )
    run(
        "create or replace temp table concerned as "
        "select tx, happened, pay, card, true as is_of_payment from of_payment union all "
        "select a.tx, a.happened, a.pay, a.card, false from attempts as a join concerned_cards as c using (card) "
        "where a.happened >= c.begins and a.tx not in (select tx from of_payment)"
    )


def fetch(connection: DuckDBPyConnection, name: str, head: Head, columns: Columns, *, filename: bool = False) -> None:
    """Make a table of a Delta table's rows of the concerned attempts, of which only files of their time are read."""
    run = connection.execute
    first, last = run("select min(happened), max(happened) from concerned").fetchall()[0]
    near = [f.path for f in head.files if f.earliest is None or (f.earliest <= last and f.latest >= first)]
    listed = rows_of(near, columns, filename=filename)
    run(
        f"create or replace temp table {name} as select rows.* from ({listed}) as rows "
        "semi join (select distinct tx, happened from concerned) as wanted "
        f"on hash(rows.transaction_id) = wanted.tx and rows.event_timestamp = wanted.happened "
        f"where event_timestamp between {literal(first.isoformat())} and {literal(last.isoformat())}"
    )


def set_out(connection: DuckDBPyConnection, memory: Memory) -> None:
    """Fill `input` with the events to work out, and `cards_before` with what their cards did before."""
    run = connection.execute
    keys = run("select card from concerned_cards").fetchnumpy()["card"]
    with shown(connection, "card_ends", memory.cards_of(keys)):
        run(
            "create or replace temp table starts as "
            "with firsts as (select stale_cards.* from ("
            f"  select {CARD} as card, attempt_sequence, prior_approved_count, previous_attempt_time,"
            f"  {ATTEMPT} as tx from stale) as stale_cards join concerned_cards using (card) "
            "  semi join concerned using (tx) "
            "  qualify row_number() over (partition by stale_cards.card order by attempt_sequence) = 1) "
            "select c.card, "
            "if(firsts.card is null, cards.sequence, firsts.attempt_sequence - 1) as before_sequence, "
            "if(firsts.card is null, cards.approved, firsts.prior_approved_count) as before_approved, "
            "if(firsts.card is null, cards.happened, firsts.previous_attempt_time) as before_at "
            "from concerned_cards as c "
            "left join firsts using (card) left join card_ends as cards using (card)"
        )
    run("delete from input")
    run("insert into input by name from events")
    run(
        "create or replace temp table cards_before as select card, before_at as happened, "
        "before_sequence as sequence, before_approved as approved from starts where before_sequence > 0"
    )


def work_out(connection: DuckDBPyConnection, silver: Table, definition: str) -> None:
    """Fill `settled` with the rows as they should be, `gone` and `came` with what differs from `stale`."""
    run = connection.execute
    of_its_card = f"{of('made', CARD)} = known.card"
    run(f"create or replace temp table worked_out as {continued(silver, definition, 'cards_before', of_its_card)}")
    of_card = ", ".join(f"made.{name} as {name}" for name in OF_CARD)
    run(
        "create or replace temp table settled as "
        f"select * from worked_out where {ATTEMPT} in (select tx from concerned where is_of_payment) "
        f"union all by name select stale.* exclude (filename) replace ({of_card}) from stale "
        "join worked_out as made using (transaction_id) "
        f"where {of('stale', ATTEMPT)} in (select tx from concerned where not is_of_payment)"
    )
    compare(connection, silver, "settled", stored="stale")


def compare(connection: DuckDBPyConnection, table: Table, fresh: str, *, stored: str) -> None:
    """Fill `came` with the rows that are not stored as they should be, and `gone` with those that should not be.

    Only rows of keys that are stored are compared as a whole, which takes 3 us a row of fifty columns.
    """
    names, key = ", ".join(f'"{name}"' for name in columns_of(table)), table.grain[0]
    new = f"select {names} from {fresh} anti join {stored} using ({key})"
    now, before = f"select {names} from {fresh} semi join {stored} using ({key})", f"select {names} from {stored}"
    connection.execute(f"create or replace temp table came as {new} union all ({now} except all {before})")
    connection.execute(f"create or replace temp table gone as {before} except all {now}")


def difference(
    connection: DuckDBPyConnection, table: Table, head: Head, *, stored: str
) -> tuple[tuple[DataFile, ...], tuple[DataFile, ...]]:
    """Files to add and to remove so that the table loses the rows `gone`, which are `stored`, and gains `came`."""
    run, key = connection.execute, table.grain[0]
    held = {row[0] for row in run(f"select distinct filename from {stored} semi join gone using ({key})").fetchall()}
    rewritten = tuple(file for file in head.files if str(file.path) in held)
    kept = rows_of((file.path for file in rewritten), columns_of(table))
    select = f"select * from ({kept}) anti join gone using ({key}) union all by name from came"
    return write_files(connection, select, head.folder), rewritten
