"""What the pipeline remembers of silver, so that a batch need not read history: a few numbers per attempt and card.

    known           which attempts there are
    payments        of every payment its last attempt: when, its place, and whether it is approved
    cards           of every card at a merchant its last attempt: when, its place, and how many were approved by then
    attempts        every attempt: hashes of its name, its payment and its card at the merchant, and its time
    open_payments   the last attempts that are not approved, with what the next one is compared to

The first three are asked by every batch and are hash indexes; the others are tables of the connection. Delta alone is
the truth: all of it is read from silver when the pipeline starts (1.5 s a million attempts). Names are 64-bit hashes: a
collision sends a row the long way round, and changes no result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from payment_analysis.lakehouse.duck import shown
from payment_analysis.lakehouse.stream import landed
from payment_analysis.lakehouse.stream.index import Array, Ends, Index, last_of_each

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.schema import Columns
    from payment_analysis.lakehouse.stream.plans import Plans

# What a retry is compared with: the columns that its reason, its PSP and its time are read from.
PREVIOUS: Final = (
    "transaction_id", "payment_id", "event_timestamp", "updated_at", "_ingested_at", "_source_row", "is_verification",
    "is_test", "result", "psp", "declined_by", "antifraud_result", "card_network", "decline_code_raw",
    "merchant_advice_code", "issuer_country", "decline_reason",
)  # fmt: skip
NAMES: Final = ("transaction_id", "merchant_id", "card_token_id")

ATTEMPT: Final = "hash(transaction_id)"
PAYMENT: Final = "hash(payment_id, is_sale)"
CARD: Final = "case when card_token_id is not null then hash(merchant_id, card_token_id) end"
NO_SALE: Final = "coalesce(is_verification, false) or coalesce(is_test, false)"
INSTANT: Final = pa.timestamp("us", tz="UTC")
_FACTS: Final = (
    f"select {ATTEMPT} as tx, {PAYMENT} as pay, coalesce({CARD}, 0) as card, epoch_us(event_timestamp) as happened, "
    "coalesce(position_in_payment, 0)::int as position, coalesce(result = 'approved', false)::int as closed, "
    "coalesce(attempt_sequence, 0)::int as sequence, (coalesce(prior_approved_count, 0) + closed)::int as approved "
    "from {rows}"
)
_OPEN: Final = (
    f"select {PAYMENT} as pay, position_in_payment as position, {', '.join(PREVIOUS)} from {{rows}} "
    "where result <> 'approved' and position_in_payment is not null"
)


# The few are found by two columns and then read by their place: a join would read every name there is, 0.2 s a million.
_RETRIED: Final = (
    "select * from open_payments where rowid in "
    "(select open_payments.rowid from open_payments join retried using (pay, position))"
)


class Memory:
    """All of it, beside one connection."""

    def __init__(self, connection: DuckDBPyConnection, plans: Plans, silver: str, columns: Columns) -> None:
        """Read it from a relation of silver rows, which have these columns."""
        self._run = connection.execute
        self._connection, self._plans = connection, plans
        self._previous = {name: columns[name] for name in PREVIOUS}
        self._unfiled: list[Mapping[str, Array]] = []  # attempts that are in no table yet
        self._run("create or replace table attempts (tx ubigint, pay ubigint, card ubigint, happened timestamptz)")
        self._run(f"create or replace table open_payments as {_OPEN.format(rows=silver)}")
        facts = self._facts(silver)
        expected = len(facts["tx"])
        self.known, self.payments, self.cards = Index(expected), Ends(expected), Ends(expected)
        self._take_in(facts)

    def follow(self, rows: pa.Table, keys: Mapping[str, Array]) -> None:
        """Take in new silver rows, with their hashes: each comes after everything known of its payment and its card."""
        closed = np.asarray(pc.fill_null(pc.equal(rows["result"].cast(pa.string()), "approved"), False))
        position = _numbers(rows["position_in_payment"])
        counted = {
            "position": position,
            "closed": closed.astype(np.int32),
            "sequence": _numbers(rows["attempt_sequence"]),
            "approved": _numbers(rows["prior_approved_count"]) + closed,
        }
        is_open = ~closed & (position > 0) & np.asarray(pc.is_valid(rows["result"]))
        opened = landed.plain(rows.filter(pa.array(is_open)), self._previous)
        for name, column in (("position", position), ("pay", keys["pay"])):
            opened = opened.add_column(0, name, pa.array(column[is_open]))
        self._plans.show("opened", opened)
        self._plans.execute("insert into open_payments from opened").fetchall()
        self._take_in({**keys, **counted})

    def open_attempts(self, payments: Array, positions: Array) -> pa.Table:
        """The last attempts of payments that are not approved, by the place each has."""
        with shown(self._connection, "retried", pa.table({"pay": payments, "position": positions})):
            return self._connection.sql(_RETRIED).to_arrow_table()

    def correct(self, rows: str) -> None:
        """Take in rows of silver that were written again, whole payments and the ends of cards' histories."""
        run = self._run
        run("begin")  # who reads them meanwhile sees all of it or nothing
        self.file()
        run("delete from attempts where tx in (select tx from concerned)")
        run("delete from open_payments where pay in (select pay from concerned_payments)")
        payments = run("select pay from concerned_payments").fetchnumpy()["pay"]
        self.payments.forget(payments)
        self.cards.forget(run("select card from concerned_cards").fetchnumpy()["card"])
        before = run(
            "select card, epoch_us(before_at) as happened, before_sequence as sequence, before_approved as approved "
            "from starts where before_sequence > 0"
        ).fetchnumpy()
        self.cards.put(*(np.asarray(before[name]) for name in ("card", "happened", "sequence", "approved")))
        whole = f"(select * from {rows} where {PAYMENT} in (select pay from concerned_payments))"
        run(f"insert into open_payments {_OPEN.format(rows=whole)}")
        self._take_in(self._facts(rows), of_payments=payments)
        self.file()
        run("commit")

    def file(self) -> None:
        """Put what came since the last time into the table of attempts."""
        for facts in self._unfiled:
            card = pa.array(facts["card"], mask=facts["card"] == 0)
            happened = pa.array(facts["happened"]).cast(INSTANT)
            rows = pa.table({"tx": facts["tx"], "pay": facts["pay"], "card": card, "happened": happened})
            with shown(self._connection, "unfiled", rows):
                self._run("insert into attempts from unfiled")
        self._unfiled.clear()

    def cards_of(self, keys: Array, *, row: Array | None = None) -> pa.Table:
        """What is known of the cards among these keys, each beside its key and its row."""
        known, rows = self.cards.find(keys)
        return pa.table(
            {
                "card": keys[known],
                "row": (np.zeros(len(keys), np.int32) if row is None else row)[known],
                "happened": pa.array(self.cards.happened[rows]).cast(INSTANT),
                "sequence": self.cards.place[rows],
                "approved": self.cards.count[rows],
            }
        )

    def knows(self, attempts: Array) -> Array:
        """Which of these attempts there are."""
        return self.known.knows(attempts)

    def _facts(self, rows: str) -> dict[str, Array]:
        found: dict[str, Any] = self._run(_FACTS.format(rows=rows)).fetchnumpy()
        return {name: np.asarray(column) for name, column in found.items()}

    def _take_in(self, facts: Mapping[str, Array], of_payments: Array | None = None) -> None:
        """Know the attempts, and the last one of each card and of each payment (of some payments)."""
        self._unfiled.append({name: facts[name] for name in ("tx", "pay", "card", "happened")})
        self.known.know(facts["tx"])
        placed = facts["position"] > 0
        if of_payments is not None:
            placed &= np.isin(facts["pay"], of_payments)
        for ends, key, counted, place, count in (
            (self.payments, "pay", placed, "position", "closed"),
            (self.cards, "card", facts["card"] != 0, "sequence", "approved"),
        ):
            mine = {name: facts[name][counted] for name in (key, "happened", place, count)}
            last = last_of_each(mine[key], mine[place])
            ends.put(*(mine[name][last] for name in (key, "happened", place, count)))


def _numbers(column: pa.ChunkedArray) -> Array:
    """Whole numbers, zero where there is none."""
    return np.asarray(pc.fill_null(column, 0), dtype=np.int32)


def of(relation: str, expression: str) -> str:
    """One of the hashes above over the columns of one relation among several."""
    for name in NAMES:
        expression = expression.replace(name, f"{relation}.{name}")
    return expression
