"""What the pipeline remembers of silver, so that a batch need not read history: a few numbers per attempt and card.

    attempts    every attempt: hashes of its name, its payment and its card at the merchant, and its time
    payments    the last attempt of every payment; with what the next one is compared to while it is not approved
    cards       the last attempt of every card at a merchant, and the counts that the next one continues

Delta alone is the truth: all of it is read from silver when the pipeline starts (1.5 s a million attempts).
Names are 64-bit hashes: a collision sends a row the long way round, and changes no result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What a retry is compared with: the columns that its reason, its PSP and its time are read from.
PREVIOUS: Final = (
    "transaction_id", "payment_id", "event_timestamp", "updated_at", "_ingested_at", "_source_row", "is_verification",
    "is_test", "result", "psp", "declined_by", "antifraud_result", "card_network", "decline_code_raw",
    "merchant_advice_code", "issuer_country", "decline_reason",
)  # fmt: skip
NAMES: Final = ("transaction_id", "merchant_id", "card_token_id")
DEAD_ROWS_MAX: Final = 200_000  # rows deleted from memory before it is packed anew

ATTEMPT: Final = "hash(transaction_id)"
PAYMENT: Final = "hash(payment_id, is_sale)"
CARD: Final = "case when card_token_id is not null then hash(merchant_id, card_token_id) end"
NO_SALE: Final = "coalesce(is_verification, false) or coalesce(is_test, false)"
_KEYS: Final = f"{ATTEMPT} as tx, {PAYMENT} as pay, {CARD} as card, event_timestamp as happened"
_LAST: Final = (
    f"select {PAYMENT} as pay, position_in_payment as position, result = 'approved' as is_closed, "
    + ", ".join(f"case when result <> 'approved' then {name} end as {name}" for name in PREVIOUS)
    + ", event_timestamp as happened from {rows} where position_in_payment is not null "
    "qualify row_number() over (partition by pay order by position_in_payment desc) = 1"
)
_CARDS: Final = (
    f"select {CARD} as card, arg_max(event_timestamp, attempt_sequence) as happened, "
    "max(attempt_sequence) as sequence, "
    "arg_max(prior_approved_count + if(result = 'approved', 1, 0), attempt_sequence) as approved "
    "from {rows} where card_token_id is not null group by 1"
)


class Memory:
    """The three tables, in the memory of one connection."""

    def __init__(self, connection: DuckDBPyConnection, silver: str) -> None:
        """Read them from a relation of silver rows."""
        self._run = connection.execute
        self._dead = 0
        self._run(f"create or replace table attempts as select {_KEYS} from {silver}")
        self._run(f"create or replace table payments as {_LAST.format(rows=silver)}")
        self._run(f"create or replace table cards as {_CARDS.format(rows=silver)}")

    def follow(self, rows: str) -> None:
        """Take in new silver rows: each comes after everything known of its payment and its card."""
        self._run(f"insert into attempts select {_KEYS} from {rows}")
        self._last(rows)

    def correct(self, rows: str) -> None:
        """Take in rows of silver that were written again, whole payments and the ends of cards' histories."""
        run = self._run
        self._dead += self._deleted("delete from attempts where tx in (select tx from concerned)")
        run("delete from payments where pay in (select pay from concerned_payments)")
        run("delete from cards where card in (select card from concerned_cards)")
        run(
            "insert into cards select card, before_at, before_sequence, before_approved "
            "from starts where before_sequence > 0"
        )
        run(f"insert into attempts select {_KEYS} from {rows}")
        whole = f"(select * from {rows} where {PAYMENT} in (select pay from concerned_payments))"
        self._last(whole, cards=rows)

    def _last(self, rows: str, *, cards: str | None = None) -> None:
        run = self._run
        run(f"create or replace temp table ends as {_LAST.format(rows=rows)}")
        self._dead += self._deleted("delete from payments where pay in (select pay from ends)")
        run("insert into payments from ends")
        run(f"create or replace temp table ends as {_CARDS.format(rows=cards or rows)}")
        self._dead += self._deleted("delete from cards where card in (select card from ends)")
        run("insert into cards from ends")
        if self._dead > DEAD_ROWS_MAX:
            for name in ("attempts", "payments", "cards"):
                run(f"create or replace table {name} as from {name}")
            self._dead = 0

    def _deleted(self, statement: str) -> int:
        return int(self._run(statement).fetchall()[0][0])


def of(relation: str, expression: str) -> str:
    """One of the hashes above over the columns of one relation among several."""
    for name in NAMES:
        expression = expression.replace(name, f"{relation}.{name}")
    return expression
