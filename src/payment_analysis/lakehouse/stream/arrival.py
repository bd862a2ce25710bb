"""A batch's rows of silver, when each follows what is known: the definition, over the batch and what precedes it.

A row *follows* when its attempt is new and it comes after every known attempt of its payment and of its card at the
merchant. Then no stored row changes, and all it needs of the past is the attempt before it in the payment, standing at
its place, and the counts of its card. The attempt is put beside the batch, and the definition runs over both; counts,
which nine of ten rows have, are no rows: what the definition counts goes on from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from payment_analysis.lakehouse.dialect import to_duckdb
from payment_analysis.lakehouse.duck import shown
from payment_analysis.lakehouse.stream.landed import ROW
from payment_analysis.lakehouse.stream.memory import ATTEMPT, CARD, INSTANT, NO_SALE, PREVIOUS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.stream.index import Array
    from payment_analysis.lakehouse.stream.memory import Memory
    from payment_analysis.lakehouse.stream.plans import Plans
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
_KEYS: Final = (
    f"select {ROW} as row, {ATTEMPT} as tx, {_PAY} as pay, coalesce({CARD}, 0) as card, "
    f"epoch_us(event_timestamp) as happened, {_BY_KEY} as by_key from batch"
)
_CARRIED_ON: Final = ", ".join(name for name in PREVIOUS if name != "transaction_id")
# The last attempt of each payment, and rows that keep its place.
_STANDING: Final = (
    f"select '{MARK}last' || transaction_id as transaction_id, '{MARK}last' || transaction_id as _event_key, "
    f"{_CARRIED_ON} from past union all by name "
    f"select '{MARK}' || place || '|' || transaction_id as transaction_id, "
    f"'{MARK}' || place || '|' || transaction_id as _event_key, payment_id, is_verification, is_test, "
    "event_timestamp - interval (position - place) second as event_timestamp, 'declined' as result "
    "from (select *, unnest(range(1, position)) as place from past)"
)


@dataclass(frozen=True, slots=True)
class Parted:
    """A batch without what is late."""

    batch: pa.Table  # rows that follow, and rows that stand for the past
    keys: dict[str, Array]  # of the rows that follow: `row`, `tx`, `pay`, `card`, `happened`; in order of `row`
    cards: pa.Table  # what is known of their cards
    late: int

    @property
    def following(self) -> int:
        return len(self.keys["row"])


class Arrivals:
    """Parts each batch by what is known, and sets what follows beside its past."""

    def __init__(self, connection: DuckDBPyConnection, plans: Plans, memory: Memory) -> None:
        self._connection, self._plans, self._memory = connection, plans, memory
        self._run = connection.execute
        self._run(
            "create or replace table late (tx ubigint, pay ubigint, card ubigint, happened timestamptz, by_key boolean)"
        )
        self.late = np.zeros(0, np.uint64)  # the attempts that wait

    def sort_out(self, batch: pa.Table) -> Parted:
        """Note late rows, and put the past beside the others."""
        self._plans.show("batch", batch)
        found = self._plans.arrays(_KEYS)
        order = np.argsort(found["row"])
        keys = {name: column[order] for name, column in found.items()}
        late = self._late(keys)
        if late.any():
            self._note({name: column[late] for name, column in keys.items()})
            batch = batch.filter(pa.array(~late))
            keys = {name: column[~late] for name, column in keys.items()}
        cards = self._memory.cards_of(keys["card"], row=keys["row"])
        return Parted(self._beside_its_past(batch, keys), keys, cards, int(np.count_nonzero(late)))

    def forget(self) -> None:
        """Some of what was late is settled."""
        self.late = np.asarray(self._run("select distinct tx from late").fetchnumpy()["tx"])

    def _note(self, late: dict[str, Array]) -> None:
        card = pa.array(late["card"], mask=late["card"] == 0)
        happened = pa.array(late["happened"]).cast(INSTANT)
        rows = pa.table(
            {"tx": late["tx"], "pay": late["pay"], "card": card, "happened": happened, "by_key": late["by_key"]}
        )
        with shown(self._connection, "behind", rows):
            self._run("insert into late from behind")
        self.late = np.union1d(self.late, late["tx"])

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

    def _beside_its_past(self, batch: pa.Table, keys: dict[str, Array]) -> pa.Table:
        """The batch, and rows that stand for the past of its payments."""
        memory = self._memory
        known, at = memory.payments.find(keys["pay"])
        pay, first = np.unique(keys["pay"][known], return_index=True)
        if not len(pay):
            return batch
        self._plans.show("past", memory.open_attempts(pay, memory.payments.place[at[first]]))
        return pa.concat_tables([batch, self._plans.table(_STANDING)], promote_options="default")


def continued(silver: Table, definition: str, known: str, on: str) -> str:
    """The definition's rows of real attempts, with the counts of their cards going on from what is `known` of them."""
    (since,) = (column.this for column in silver.statement.expressions if column.alias == SINCE)
    counts = ", ".join(f"{value} as {name}" for name, value in COUNTED.items())
    return (
        f"select counted.* replace ({to_duckdb(since)} as {SINCE}) from ("
        f"select made.* replace ({counts}) from ({definition}) as made left join {known} as known "
        f"on {on}) as counted"
    )
