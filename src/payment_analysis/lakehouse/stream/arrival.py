"""A batch's rows of silver, when each follows what is known: the definition, over the batch and what precedes it.

A row *follows* when its attempt is new and it comes after every known attempt of its payment and of its card at the
merchant. Then no stored row changes, and all it needs of the past is the attempt before it in the payment, standing at
its place, and the counts of its card. The attempt is put beside the batch, and the definition runs over both; counts,
which nine of ten rows have, are no rows: what the definition counts goes on from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from payment_analysis.lakehouse.dialect import to_duckdb
from payment_analysis.lakehouse.duck import shown
from payment_analysis.lakehouse.stream.memory import ATTEMPT, CARD, NO_SALE, PREVIOUS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.stream.index import Array
    from payment_analysis.lakehouse.stream.memory import Memory
    from payment_analysis.lakehouse.table import Table

# What the definition counts of a card's attempts goes on from what is known; one more column is derived from these.
COUNTED: Final = {
    "attempt_sequence": "attempt_sequence + coalesce(known.sequence, 0)",
    "prior_approved_count": "prior_approved_count + coalesce(known.approved, 0)",
    "previous_attempt_time": "coalesce(previous_attempt_time, known.happened)",
}
SINCE: Final = "time_since_last_attempt_seconds"
OF_CARD: Final = (*COUNTED, SINCE)
_PAY: Final = f"hash(coalesce(payment_id, transaction_id), not ({NO_SALE}))"
_BY_KEY: Final = "payment_id is null and payment_key is not null"
MARK: Final = "\x1f"  # begins the names of rows that only stand for the past; no source writes it


class Arrivals:
    """Parts each batch by what is known, and sets what follows beside its past."""

    def __init__(self, connection: DuckDBPyConnection, memory: Memory) -> None:
        self._connection, self._memory = connection, memory
        self._run = connection.execute
        self._run(
            "create or replace table late (tx ubigint, pay ubigint, card ubigint, happened timestamptz, by_key boolean)"
        )
        self.late = np.zeros(0, np.uint64)  # the attempts that wait

    def sort_out(self) -> tuple[int, int]:
        """Note late rows and take them out of `batch`, put the past beside the others; how many follow and are late."""
        rows: dict[str, Any] = self._run(
            f"select _row as row, {ATTEMPT} as tx, {_PAY} as pay, coalesce({CARD}, 0) as card, "
            f"epoch_us(event_timestamp) as happened, {_BY_KEY} as by_key from batch"
        ).fetchnumpy()
        rows = {name: np.asarray(column) for name, column in rows.items()}
        late = self._late(rows)
        if late.any():
            with shown(self._connection, "behind", pa.table({"row": rows["row"][late]})):
                run, behind = self._run, "batch where _row in (select row from behind)"
                run(f"insert into late select {ATTEMPT}, {_PAY}, {CARD}, event_timestamp, {_BY_KEY} from {behind}")
                run(f"delete from {behind}")
            self.late = np.union1d(self.late, rows["tx"][late])
        following = {name: column[~late] for name, column in rows.items()}
        if len(following["tx"]):
            self._set_beside_the_past(following)
        return len(following["tx"]), int(np.count_nonzero(late))

    def forget(self) -> None:
        """Some of what was late is settled."""
        self.late = np.asarray(self._run("select distinct tx from late").fetchnumpy()["tx"])

    def _late(self, rows: dict[str, Array]) -> Array:
        """Which rows do not follow; with one row of an attempt all of it."""
        memory = self._memory
        behind = rows["by_key"] | memory.knows(rows["tx"]) | np.isin(rows["tx"], self.late)
        known, at = memory.payments.find(rows["pay"])
        ends = memory.payments
        behind[known] |= (ends.count[at] > 0) | (rows["happened"][known] <= ends.happened[at])
        known, at = memory.cards.find(rows["card"])
        behind[known] |= rows["happened"][known] <= memory.cards.happened[at]
        return np.isin(rows["tx"], rows["tx"][behind]) if behind.any() else behind

    def _set_beside_the_past(self, following: dict[str, Array]) -> None:
        """Put rows that stand for the past into `batch`; fill `known_cards` with the counts."""
        connection, memory = self._connection, self._memory
        known, at = memory.payments.find(following["pay"])
        pay, first = np.unique(following["pay"][known], return_index=True)
        wanted = pa.table({"pay": pay, "position": memory.payments.place[at[first]]})
        self._connection.register("known_cards", memory.cards_of(following["card"], row=following["row"]))
        if len(pay):
            with shown(connection, "retried", wanted):
                self._stand_for_payments()

    def _stand_for_payments(self) -> None:
        """The last attempt of each payment, and rows that keep its place."""
        run = self._run
        run(
            "create or replace temp table past as select o.* from open_payments as o join retried using (pay, position)"
        )
        listed = ", ".join(name for name in PREVIOUS if name != "transaction_id")
        run(
            f"insert into batch by name select '{MARK}last' || transaction_id as transaction_id, "
            f"'{MARK}last' || transaction_id as _event_key, {listed} from past"
        )
        run(
            f"insert into batch by name select '{MARK}' || place || '|' || transaction_id as transaction_id, "
            f"'{MARK}' || place || '|' || transaction_id as _event_key, payment_id, is_verification, is_test, "
            f"event_timestamp - interval (position - place) second as event_timestamp, 'declined' as result "
            f"from (select *, unnest(range(1, position)) as place from past)"
        )


def continued(silver: Table, definition: str, known: str, on: str) -> str:
    """The definition's rows of real attempts, with the counts of their cards going on from what is `known` of them."""
    (since,) = (column.this for column in silver.statement.expressions if column.alias == SINCE)
    counts = ", ".join(f"{value} as {name}" for name, value in COUNTED.items())
    return (
        f"select counted.* replace ({to_duckdb(since)} as {SINCE}) from ("
        f"select made.* replace ({counts}) from ({definition}) as made left join {known} as known "
        f"on {on}) as counted"
    )
