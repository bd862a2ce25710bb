"""A batch's rows of silver, when each follows what is known: the definition, over the batch and what precedes it.

A row *follows* when its attempt is new and it comes after every known attempt of its payment and of its card at the
merchant. Then no stored row changes, and all it needs of the past is the attempt before it in the payment, standing at
its place, and the counts of its card. Both are put beside the batch as rows; the definition runs over them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse.stream.memory import ATTEMPT, CARD, NO_SALE, PREVIOUS, of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Counts of a card's attempts go on from the last one; these columns of silver hold them or are derived from its time.
COUNTED: Final = ("attempt_sequence", "prior_approved_count")
OF_CARD: Final = (*COUNTED, "previous_attempt_time", "time_since_last_attempt_seconds")
_PAY: Final = f"hash(coalesce(payment_id, transaction_id), not ({NO_SALE}))"
MARK: Final = "\x1f"  # begins the names of rows that only stand for the past; no source writes it


def sort_out(connection: DuckDBPyConnection) -> tuple[int, int]:
    """Part the rows of `batch` into `following` and `late` (appended to); their numbers."""
    run = connection.execute
    run(
        f"create or replace temp table keyed as select *, {ATTEMPT} as tx, {_PAY} as pay, {CARD} as card, "
        "payment_id is null and payment_key is not null as by_key from batch"
    )
    run(
        "create or replace temp table behind as "
        "select tx from keyed semi join attempts using (tx) "
        "union select tx from keyed where by_key "
        "union select tx from keyed join payments using (pay) "
        "where is_closed or keyed.event_timestamp <= payments.happened "
        "union select tx from keyed join cards using (card) where keyed.event_timestamp <= cards.happened "
        "union select tx from keyed semi join late_keys using (tx)"
    )
    run("create or replace temp table following as select * from keyed anti join behind using (tx)")
    run("insert into late select * exclude (tx, pay, card, by_key) from keyed semi join behind using (tx)")
    run("insert into late_keys select tx from keyed semi join behind using (tx)")
    count = "select (select count(*) from following), (select count(*) from keyed semi join behind using (tx))"
    following, late = run(count).fetchall()[0]
    return int(following), int(late)


def set_beside_the_past(connection: DuckDBPyConnection) -> None:
    """Fill `input` with the following rows and the rows that stand for their past; `known_cards` with the counts."""
    run = connection.execute
    run("delete from input")
    run("insert into input select * exclude (tx, pay, card, by_key) from following")
    past = "(select payments.* exclude (happened) from payments semi join following using (pay))"
    listed = ", ".join(name for name in PREVIOUS if name != "transaction_id")
    run(
        f"insert into input by name select '{MARK}last' || transaction_id as transaction_id, "
        f"'{MARK}last' || transaction_id as _event_key, {listed} from {past}"
    )
    run(
        f"insert into input by name select '{MARK}' || place || '|' || transaction_id as transaction_id, "
        f"'{MARK}' || place || '|' || transaction_id as _event_key, payment_id, is_verification, is_test, "
        f"event_timestamp - interval (position - place) second as event_timestamp, 'declined' as result "
        f"from (select *, unnest(range(1, position)) as place from {past})"
    )
    run(
        "create or replace temp table known_cards as select any_value(merchant_id) as merchant_id, "
        "any_value(card_token_id) as card_token_id, cards.card, any_value(cards.happened) as happened, "
        "any_value(cards.sequence) as sequence, any_value(cards.approved) as approved "
        "from following join cards using (card) group by cards.card"
    )
    stand_for_cards(connection, "known_cards")


def stand_for_cards(connection: DuckDBPyConnection, cards: str) -> None:
    """Put one row per known card into `input`, at the time of its last attempt before the rows at hand."""
    connection.execute(
        f"insert into input by name select '{MARK}card' || card as transaction_id, transaction_id as _event_key, "
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
