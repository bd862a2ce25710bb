"""Decisions and outcomes as they are written: found by key, counted by card, and copied in one go."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

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
from payment_analysis.store.few_rows import FEW, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from payment_analysis.store.group_commit import Connection

WINDOW: Final = timedelta(days=31)  # the longest window of a retry programme, and a day

_LOCK: Final = "select pg_advisory_xact_lock(k) from unnest(%s::bigint[]) k"
_BY_KEY: Final = """
select idempotency_key, audit_id, request_digest, decision_type, response::text from payment_analysis.decisionlog
where idempotency_key = any(%s)"""
_CARDS: Final = "select * from payment_analysis.history_of_cards(%s::bigint[], %s::text[], %s)"  # locks, then reads
_DECIDED: Final = """
select d.audit_id, d.decision_type, d.request, d.route, d.issuer, d.card_key, d.payment_id, d.expected_approval,
    o.outcome, o.outcome_code, exists (
        select from payment_analysis.decisionoutcome where audit_id = d.audit_id and extra -> 'is_fraud' = 'true')
from payment_analysis.decisionlog d left join lateral (
    select outcome, outcome_code from payment_analysis.decisionoutcome
    where audit_id = d.audit_id order by id desc limit 1) o on true
where d.audit_id = any(%s)"""
_COUNT: Final = """
insert into payment_analysis.cardattempt (card_key, attempted_at, payment_id, audit_id, traits)
select card_key, attempted_at, payment_id, audit_id, traits::jsonb
from unnest(%s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[])
    as counted (card_key, attempted_at, payment_id, audit_id, traits)
on conflict (audit_id) do update set traits = excluded.traits, attempted_at = excluded.attempted_at"""

_PLACE: Final = """
insert into payment_analysis.experimentassignment (experiment_id, subject_key, variant)
select id, %s, %s from payment_analysis.experiment where id = %s
on conflict (experiment_id, subject_key) do nothing"""


class _Counted(NamedTuple):
    """An attempt on its way to the table."""

    card_key: str
    attempted_at: datetime
    payment_id: str | None
    audit_id: str
    traits: str


async def commit(connection: Connection, group: Sequence[Work]) -> list[Any]:
    """Write a group: keys and cards are locked in one order, so that several programs share a store."""
    if all(isinstance(work, DecisionWork) and work.is_alone for work in group):
        return await _alone(connection, [work for work in group if isinstance(work, DecisionWork)])
    waits_little = connection.pipeline() if len(group) <= FEW else nullcontext()  # rows that are many are copied
    async with waits_little, connection.transaction():
        return await _together(connection, group)


async def _alone(connection: Connection, works: Sequence[DecisionWork]) -> list[Any]:
    """Decisions that look at nothing in the store: one statement, which is its own transaction."""
    rows = [work.decide(()).row for work in works]
    await write(connection, "decisionlog", rows)
    return [Stored(row.audit_id, row.response, is_repeat=False) for row in rows]


async def _together(connection: Connection, group: Sequence[Work]) -> list[Any]:
    decisions = [work for work in group if isinstance(work, DecisionWork)]
    outcomes = [work for work in group if isinstance(work, OutcomeWork)]
    cards = await _locked(connection, decisions, outcomes)
    told = iter(await _decisions(connection, decisions, cards))
    heard = iter(await _outcomes(connection, outcomes))
    return [next(told) if isinstance(work, DecisionWork) else next(heard) for work in group]


async def _locked(
    connection: Connection, decisions: Sequence[DecisionWork], outcomes: Sequence[OutcomeWork]
) -> dict[str, list[CardRow]]:
    """Lock all that the group depends on, and read what its cards were used for."""
    keys = sorted({work.card_key for work in decisions if work.card_key is not None})
    words = {*keys, *(work.key for work in decisions), *(work.audit_id for work in outcomes)}
    locks = sorted({_number(word) for word in words if word is not None})
    cards = dict[str, list[CardRow]]({key: [] for key in keys})
    if keys:
        since = min(work.at for work in decisions) - WINDOW
        for key, *row in await (await connection.execute(_CARDS, (locks, keys, since))).fetchall():
            cards[key].append(CardRow(*row))
    elif locks:
        await connection.execute(_LOCK, (locks,))
    return cards


def _number(word: str) -> int:
    """A lock's number; equal words have equal ones in every process, and a collision only waits."""
    return int.from_bytes(word.encode()[-7:].rjust(7, b"\0"), "big") ^ (len(word) << 40)


async def _decisions(
    connection: Connection, works: Sequence[DecisionWork], cards: dict[str, list[CardRow]]
) -> list[Stored | PaymentAnalysisError]:
    if not works:
        return []
    known = await _known(connection, [work.key for work in works if work.key is not None])
    rows, counted, answers = list[DecisionRow](), list[_Counted](), list[Stored | PaymentAnalysisError]()
    places = set[Placed]()
    for work in works:
        if work.key is not None and work.key in known:
            answers.append(_repeat(work, *known[work.key]))
            continue
        history = cards.get(work.card_key or "", [])
        row, attempt, placed = work.decide(history)
        rows.append(row)
        if placed is not None:
            places.add(placed)
        if attempt is not None and work.card_key is not None:
            history.append(CardRow(attempt.attempted_at, row.payment_id, json.loads(attempt.traits)))
            counted.append(_Counted(work.card_key, attempt.attempted_at, row.payment_id, row.audit_id, attempt.traits))
        if work.key is not None:
            known[work.key] = (row.audit_id, work.digest, work.decision_type, row.response)
        answers.append(Stored(row.audit_id, row.response, is_repeat=False))
    await _count(connection, counted)
    if places:  # in one order, so that two programs do not wait for each other
        async with connection.cursor() as cursor:
            listed = [(one.subject_key, one.variant, one.experiment_id) for one in sorted(places)]
            await cursor.executemany(_PLACE, listed)
    await write(connection, "decisionlog", rows)
    return answers


async def _known(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[str, str | None, str, str]]:
    if not keys:
        return {}
    found = await (await connection.execute(_BY_KEY, (keys,))).fetchall()
    return {key: (audit_id, digest, kind, text) for key, audit_id, digest, kind, text in found}


async def _count(connection: Connection, counted: Sequence[_Counted]) -> None:
    """The last that is told of a decision's attempt counts."""
    latest = {one.audit_id: one for one in counted}
    if latest:
        await connection.execute(_COUNT, [list(column) for column in zip(*latest.values(), strict=True)])


def _repeat(
    work: DecisionWork, audit_id: str, digest: str | None, decision_type: str, response: str
) -> Stored | PaymentAnalysisError:
    if digest != work.digest or decision_type != work.decision_type:
        return Conflict(
            f"the idempotency key {work.key!r} was used for another decision ({audit_id})",
            hint="use a new key for a new decision",
        )
    return Stored(audit_id, response, is_repeat=True)


async def _outcomes(connection: Connection, works: Sequence[OutcomeWork]) -> list[Any]:
    if not works:
        return []
    decided_rows = await (await connection.execute(_DECIDED, ([work.audit_id for work in works],))).fetchall()
    found = {row[0]: Decided(*row) for row in decided_rows}
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
            fraud = decided.is_fraud_told or json.loads(row.extra).get("is_fraud") is True
            found[work.audit_id] = decided._replace(
                outcome=row.outcome, outcome_code=row.outcome_code, is_fraud_told=fraud
            )
        if attempt is not None and decided.card_key is not None:
            counted.append(
                _Counted(decided.card_key, attempt.attempted_at, decided.payment_id, work.audit_id, attempt.traits)
            )
        answers.append(answer)
    await _count(connection, counted)
    await write(connection, "decisionoutcome", rows)
    return answers
