"""Decisions and outcomes as they are written: found by key, counted by card, and sent in one go."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from payment_analysis.domain.errors import Conflict, NotFound, PaymentAnalysisError
from payment_analysis.store.decision_rows import (
    CardRow,
    Decided,
    DecisionRow,
    DecisionWork,
    OutcomeRow,
    OutcomeWork,
    Placed,
    Stored,
    Work,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payment_analysis.store.wire import Row, Wire

    _Statement = tuple[str, Sequence[Any]]

SCHEMA: Final = "payment_analysis."
FEW: Final = 8  # rows; from so many on copying is cheaper than insertions
WINDOW: Final = timedelta(days=31)  # the longest window of a retry programme, and a day

_BEGIN: Final = ("begin", ())
_COMMIT: Final = ("commit", ())
_LOCK: Final = "select pg_advisory_xact_lock(k) from unnest($1::bigint[]) k"
_BY_KEY: Final = """
select idempotency_key, audit_id, request_digest, decision_type, response::text from payment_analysis.decisionlog
where idempotency_key = any($1)"""
# Locks, then reads.
_CARDS: Final = "select * from payment_analysis.history_of_cards($1::bigint[], $2::text[], $3::timestamptz)"
_DECIDED: Final = """
select d.audit_id, d.decision_type, d.request, d.route, d.issuer, d.card_key, d.payment_id, d.expected_approval,
    o.outcome, o.outcome_code, exists (
        select from payment_analysis.decisionoutcome where audit_id = d.audit_id and extra -> 'is_fraud' = 'true')
from payment_analysis.decisionlog d left join lateral (
    select outcome, outcome_code from payment_analysis.decisionoutcome
    where audit_id = d.audit_id order by id desc limit 1) o on true
where d.audit_id = any($1)"""
_COUNT: Final = """
insert into payment_analysis.cardattempt (card_key, attempted_at, payment_id, audit_id, traits)
select card_key, attempted_at, payment_id, audit_id, traits::jsonb
from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
    as counted (card_key, attempted_at, payment_id, audit_id, traits)
on conflict (audit_id) do update set traits = excluded.traits, attempted_at = excluded.attempted_at"""
_PLACE: Final = """
insert into payment_analysis.experimentassignment (experiment_id, subject_key, variant)
select id, $1, $2 from payment_analysis.experiment where id = $3
on conflict (experiment_id, subject_key) do nothing"""


class _Counted(NamedTuple):
    """An attempt on its way to the table."""

    card_key: str
    attempted_at: datetime
    payment_id: str | None
    audit_id: str
    traits: str


class _Found(NamedTuple):
    """What the store knew of a group when all of it was locked."""

    cards: dict[str, list[CardRow]]
    by_key: dict[str, tuple[str, str | None, str, str]]
    decided: dict[str, Decided]


async def commit(wire: Wire, group: Sequence[Work]) -> list[Any]:
    """Write a group: keys and cards are locked in one order, so that several programs share a store."""
    if all(isinstance(work, DecisionWork) and work.is_alone for work in group):
        return await _alone(wire, [work for work in group if isinstance(work, DecisionWork)])
    try:
        return await _together(wire, group)
    finally:
        if wire.is_in_transaction:  # something was refused
            await wire.ask(("rollback", ()))


async def _alone(wire: Wire, works: Sequence[DecisionWork]) -> list[Any]:
    """Decisions that look at nothing in the store: one journey, which is its own transaction."""
    rows = [work.decide(()).row for work in works]
    await _write(wire, (), {"decisionlog": rows})
    return [Stored(row.audit_id, row.response, is_repeat=False) for row in rows]


async def _together(wire: Wire, group: Sequence[Work]) -> list[Any]:
    """Two journeys for a few: lock and read, then write and commit."""
    decisions = [work for work in group if isinstance(work, DecisionWork)]
    outcomes = [work for work in group if isinstance(work, OutcomeWork)]
    found = await _locked(wire, decisions, outcomes)
    told, decided, counts = _decisions(decisions, found)
    heard, outcome_rows, more_counts = _outcomes(outcomes, found.decided)
    rows: dict[str, Sequence[Any]] = {"decisionlog": decided, "decisionoutcome": outcome_rows}
    await _write(wire, [*counts, *more_counts], rows, _COMMIT)
    answers, others = iter(told), iter(heard)
    return [next(answers) if isinstance(work, DecisionWork) else next(others) for work in group]


async def _write(
    wire: Wire, statements: Sequence[_Statement], rows: Mapping[str, Sequence[Any]], *last: _Statement
) -> None:
    """Statements, then rows by table, named tuples whose fields are its columns; a few go out with the statements."""
    few = [_insertion(table, row) for table, all_ in rows.items() if len(all_) <= FEW for row in all_]
    many = {table: all_ for table, all_ in rows.items() if len(all_) > FEW}
    together = [*statements, *few, *([] if many else last)]
    if together:
        await wire.ask(*together)
    for table, all_ in many.items():
        await wire.copy(SCHEMA + table, all_[0]._fields, all_)
    if many and last:
        await wire.ask(*last)


async def _locked(wire: Wire, decisions: Sequence[DecisionWork], outcomes: Sequence[OutcomeWork]) -> _Found:
    """Lock all that the group depends on, and read what its cards were used for and what its keys stand for."""
    cards = sorted({work.card_key for work in decisions if work.card_key is not None})
    keys = [work.key for work in decisions if work.key is not None]
    told = [work.audit_id for work in outcomes]
    locks = sorted({_number(word) for word in (*cards, *keys, *told)})
    since = min((work.at for work in decisions), default=None)
    asked: dict[str, tuple[str, Sequence[Any]]] = {
        "begin": _BEGIN,
        "locks": (_CARDS, (locks, cards, since - WINDOW)) if cards and since else (_LOCK, (locks,)),
    }
    if keys:
        asked["keys"] = (_BY_KEY, (keys,))
    if told:
        asked["told"] = (_DECIDED, (told,))
    rows = dict(zip(asked, await wire.ask(*asked.values()), strict=True))
    history = dict[str, list[CardRow]]({card: [] for card in cards})
    for card, at, payment, traits in rows["locks"] if cards else ():
        history[_text(card)].append(CardRow(datetime.fromisoformat(_text(at)), _word(payment), _json(traits)))
    by_key = {
        _text(key): (_text(audit_id), _word(digest), _text(kind), _text(response))
        for key, audit_id, digest, kind, response in rows.get("keys", ())
    }
    return _Found(history, by_key, {_text(row[0]): _decided(row) for row in rows.get("told", ())})


def _text(value: bytes | None) -> str:
    assert value is not None, "a column that is never null"
    return value.decode()


def _json(value: bytes | None) -> Any:
    assert value is not None, "a column that is never null"
    return orjson.loads(value)


def _word(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _decided(row: Row) -> Decided:
    audit_id, kind, request, route, issuer, card, payment, expected, outcome, code, is_fraud = row
    return Decided(
        _text(audit_id),
        _text(kind),
        _json(request),
        _word(route),
        _word(issuer),
        _word(card),
        _word(payment),
        None if expected is None else float(expected),
        _word(outcome),
        _word(code),
        is_fraud == b"t",
    )


def _number(word: str) -> int:
    """A lock's number; equal words have equal ones in every process, and a collision only waits."""
    return int.from_bytes(word.encode()[-7:].rjust(7, b"\0"), "big") ^ (len(word) << 40)


def _decisions(
    works: Sequence[DecisionWork], found: _Found
) -> tuple[list[Stored | PaymentAnalysisError], list[DecisionRow], list[_Statement]]:
    """The answers, and the rows and counts that have to be written before they may be given."""
    rows, counted, answers = list[DecisionRow](), list[_Counted](), list[Stored | PaymentAnalysisError]()
    places, known = set[Placed](), found.by_key
    for work in works:
        if work.key is not None and work.key in known:
            answers.append(_repeat(work, *known[work.key]))
            continue
        history = found.cards.get(work.card_key or "", [])
        row, attempt, placed = work.decide(history)
        rows.append(row)
        if placed is not None:
            places.add(placed)
        if attempt is not None and work.card_key is not None:
            history.append(CardRow(attempt.attempted_at, row.payment_id, orjson.loads(attempt.traits)))
            counted.append(_Counted(work.card_key, attempt.attempted_at, row.payment_id, row.audit_id, attempt.traits))
        if work.key is not None:
            known[work.key] = (row.audit_id, work.digest, work.decision_type, row.response)
        answers.append(Stored(row.audit_id, row.response, is_repeat=False))
    in_order = sorted(places)  # so that two programs do not wait for each other
    placed_at: list[_Statement] = [(_PLACE, (one.subject_key, one.variant, one.experiment_id)) for one in in_order]
    return answers, rows, [*_count(counted), *placed_at]


def _count(counted: Sequence[_Counted]) -> list[_Statement]:
    """The last that is told of a decision's attempt counts."""
    latest = {one.audit_id: one for one in counted}
    return [(_COUNT, [list(column) for column in zip(*latest.values(), strict=True)])] if latest else []


def _insertion(table: str, row: Any) -> _Statement:
    return _into(table, row._fields), row


@cache
def _into(table: str, fields: Sequence[str]) -> str:
    places = ", ".join(f"${number}" for number, _ in enumerate(fields, start=1))
    return f"insert into {SCHEMA}{table} ({', '.join(fields)}) values ({places})"


def _repeat(
    work: DecisionWork, audit_id: str, digest: str | None, decision_type: str, response: str
) -> Stored | PaymentAnalysisError:
    if digest != work.digest or decision_type != work.decision_type:
        return Conflict(
            f"the idempotency key {work.key!r} was used for another decision ({audit_id})",
            hint="use a new key for a new decision",
        )
    return Stored(audit_id, response, is_repeat=True)


def _outcomes(
    works: Sequence[OutcomeWork], found: dict[str, Decided]
) -> tuple[list[Any], list[OutcomeRow], list[_Statement]]:
    rows, counted, answers = list[OutcomeRow](), list[_Counted](), list[Any]()
    for work in works:
        decided = found.get(work.audit_id)
        if decided is None:
            answers.append(
                NotFound(f"there is no decision {work.audit_id!r}", hint="audit_id comes with every decision")
            )
            continue
        row, answer, attempt = work.judge(decided)
        if row is not None:
            rows.append(row)
            fraud = decided.is_fraud_told or orjson.loads(row.extra).get("is_fraud") is True
            found[work.audit_id] = decided._replace(
                outcome=row.outcome, outcome_code=row.outcome_code, is_fraud_told=fraud
            )
        if attempt is not None and decided.card_key is not None:
            counted.append(
                _Counted(decided.card_key, attempt.attempted_at, decided.payment_id, work.audit_id, attempt.traits)
            )
        answers.append(answer)
    return answers, rows, _count(counted)
