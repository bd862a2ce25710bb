"""A batch's rows of silver, when each follows what is known: the definition, over the batch and what precedes it.

A row *follows* when its attempt is new and it comes after every known attempt of its payment and of its card at the
merchant. Then no stored row changes, and all it needs of the past is the attempt before it in the payment, standing at
its place, and the counts of its card. Both are put beside the batch as rows; the definition runs over them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from payment_analysis.lakehouse.duck import shown
from payment_analysis.lakehouse.stream.memory import ATTEMPT, CARD, NO_SALE, PREVIOUS, of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.stream.index import Array
    from payment_analysis.lakehouse.stream.memory import Memory

# Counts of a card's attempts go on from the last one; these columns of silver hold them or are derived from its time.
COUNTED: Final = ("attempt_sequence", "prior_approved_count")
OF_CARD: Final = (*COUNTED, "previous_attempt_time", "time_since_last_attempt_seconds")
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
            f"select rowid as row, {ATTEMPT} as tx, {_PAY} as pay, coalesce({CARD}, 0) as card, "
            f"epoch_us(event_timestamp) as happened, {_BY_KEY} as by_key from batch"
        ).fetchnumpy()
        rows = {name: np.asarray(column) for name, column in rows.items()}
        late = self._late(rows)
        if late.any():
            with shown(self._connection, "behind", pa.table({"row": rows["row"][late]})):
                run, behind = self._run, "batch where rowid in (select row from behind)"
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
        card, first = np.unique(following["card"], return_index=True)
        cards = memory.cards_of(card)
        told = pa.table({"card": card, "row": following["row"][first]})
        with (
            shown(connection, "retried", wanted),
            shown(connection, "card_ends", cards),
            shown(connection, "card_rows", told),
        ):
            self._run(
                "create or replace temp table known_cards as "
                "select batch.merchant_id, batch.card_token_id, ends.card, ends.happened, ends.sequence, ends.approved "
                "from batch join card_rows on batch.rowid = card_rows.row join card_ends as ends using (card)"
            )
            if len(pay):
                self._stand_for_payments()
        if len(cards):
            stand_for_cards(connection, "known_cards", "batch")

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


def stand_for_cards(connection: DuckDBPyConnection, cards: str, target: str) -> None:
    """Put one row per known card into the target, at the time of its last attempt before the rows at hand."""
    connection.execute(
        f"insert into {target} by name select '{MARK}card' || card as transaction_id, transaction_id as _event_key, "
        "transaction_id as payment_id, merchant_id, card_token_id, happened as event_timestamp, 'pending' as result "
        f"from {cards}"
    )


def continued(definition: str, cards: str) -> str:
    """The definition's rows of real attempts, with the counts of their cards going on from what is known."""
    counts = "attempt_sequence + coalesce(known.sequence - 1, 0) as attempt_sequence"
    counts += ", prior_approved_count + coalesce(known.approved, 0) as prior_approved_count"
    return (
        f"select made.* replace ({counts}) from ({definition}) as made left join {cards} as known "
        f"on {of('made', CARD)} = known.card "
        f"where not starts_with(made.transaction_id, '{MARK}')"
    )
