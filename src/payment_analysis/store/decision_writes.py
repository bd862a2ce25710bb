"""Decisions and outcomes as they are written: found by key, counted by card, and copied in one go."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from payment_analysis.domain.errors import Conflict, NotFound, PaymentAnalysisError
from payment_analysis.store.few_rows import FEW, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from payment_analysis.store.group_commit import Connection

WINDOW: Final = timedelta(days=31)  # the longest window of a retry programme, and a day


class CardRow(NamedTuple):
    """An attempt of a card as it is stored."""

    attempted_at: datetime
    payment_id: str | None
    traits: Mapping[str, Any]


class DecisionRow(NamedTuple):
    """A decision to store; texts are JSON."""

    audit_id: str
    decision_type: str
    request: str
    response: str
    idempotency_key: str | None
    request_digest: str | None
    payment_id: str | None
    merchant_id: str | None
    action: str | None
    route: str | None
    issuer: str | None
    policy: str | None
    card_key: str | None
    expected_approval: float | None


class Attempt(NamedTuple):
    """An attempt that is granted, to be counted from now on; `traits` as JSON."""

    attempted_at: datetime
    traits: str


class Placed(NamedTuple):
    """A subject's variant in an experiment; the first one stays."""

    experiment_id: str
    subject_key: str
    variant: str


class Made(NamedTuple):
    """A decision with what it counts."""

    row: DecisionRow
    attempt: Attempt | None = None
    placed: Placed | None = None


class Stored(NamedTuple):
    """What is in the store now; `is_repeat` when it was there before."""

    audit_id: str
    response: str
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class DecisionWork:
    """One decision; with a card it is made from what the store has counted, inside the transaction."""

    decide: Callable[[Sequence[CardRow]], Made]
    decision_type: str
    at: datetime
    key: str | None = None
    digest: str | None = None
    card_key: str | None = None
    is_placed: bool = False  # in an experiment, which is stored with it

    @property
    def is_alone(self) -> bool:
        """Nothing of the store has to be known for it, or changed besides."""
        return self.key is None and self.card_key is None and not self.is_placed


class Decided(NamedTuple):
    """A stored decision as its outcome needs it."""

    audit_id: str
    decision_type: str
    request: Mapping[str, Any]
    route: str | None
    issuer: str | None
    card_key: str | None
    payment_id: str | None
    expected_approval: float | None
    outcome: str | None  # the newest one told so far
    outcome_code: str | None
    is_fraud_told: bool


class OutcomeRow(NamedTuple):
    """An outcome to store; `extra` as JSON."""

    audit_id: str
    decision_type: str
    outcome: str
    outcome_code: str | None
    outcome_reason: str | None
    latency_ms: int | None
    extra: str
    advice_code: str | None
    fault: str | None
    occurred_at: datetime | None


class Judged(NamedTuple):
    """What to do with an outcome: a row to store unless it was told before, and the answer."""

    row: OutcomeRow | None
    answer: Any
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True)
class OutcomeWork:
    """One outcome, judged beside its decision."""

    audit_id: str
    judge: Callable[[Decided], Judged]


Work = DecisionWork | OutcomeWork

_LOCK: Final = "select pg_advisory_xact_lock(k) from unnest(%s::bigint[]) k"
_BY_KEY: Final = """
select idempotency_key, audit_id, request_digest, decision_type, response::text from payment_analysis.decisionlog
where idempotency_key = any(%s)"""
_CARDS: Final = """
select card_key, attempted_at, payment_id, traits from payment_analysis.cardattempt
where card_key = any(%s) and attempted_at > %s order by attempted_at"""
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
values (%s, %s, %s, %s, %s::jsonb)
on conflict (audit_id) do update set traits = excluded.traits, attempted_at = excluded.attempted_at"""

_PLACE: Final = """
insert into payment_analysis.experimentassignment (experiment_id, subject_key, variant)
select id, %s, %s from payment_analysis.experiment where id = %s
on conflict (experiment_id, subject_key) do nothing"""


def commit(connection: Connection, group: Sequence[Work]) -> list[Any]:
    """Write a group: keys and cards are locked in one order, so that several programs share a store."""
    if all(isinstance(work, DecisionWork) and work.is_alone for work in group):
        return _alone(connection, [work for work in group if isinstance(work, DecisionWork)])
    waits_little = connection.pipeline() if len(group) <= FEW else nullcontext()  # rows that are many are copied
    with waits_little, connection.transaction():
        return _together(connection, group)


def _alone(connection: Connection, works: Sequence[DecisionWork]) -> list[Any]:
    """Decisions that look at nothing in the store: one statement, which is its own transaction."""
    rows = [work.decide(()).row for work in works]
    with connection.cursor() as cursor:
        write(cursor, "decisionlog", rows)
    return [Stored(row.audit_id, row.response, is_repeat=False) for row in rows]


def _together(connection: Connection, group: Sequence[Work]) -> list[Any]:
    decisions = [work for work in group if isinstance(work, DecisionWork)]
    outcomes = [work for work in group if isinstance(work, OutcomeWork)]
    _lock(connection, decisions, outcomes)
    told = iter(_decisions(connection, decisions))
    heard = iter(_outcomes(connection, outcomes))
    return [next(told) if isinstance(work, DecisionWork) else next(heard) for work in group]


def _lock(connection: Connection, decisions: Sequence[DecisionWork], outcomes: Sequence[OutcomeWork]) -> None:
    words = {work.key for work in decisions} | {work.card_key for work in decisions}
    words |= {work.audit_id for work in outcomes}
    numbers = sorted({_number(word) for word in words if word is not None})
    if numbers:
        connection.execute(_LOCK, (numbers,))


def _number(word: str) -> int:
    """A lock's number; equal words have equal ones in every process, and a collision only waits."""
    return int.from_bytes(word.encode()[-7:].rjust(7, b"\0"), "big") ^ (len(word) << 40)


def _decisions(connection: Connection, works: Sequence[DecisionWork]) -> list[Stored | PaymentAnalysisError]:
    if not works:
        return []
    known = _known(connection, [work.key for work in works if work.key is not None])
    since = min(work.at for work in works) - WINDOW
    cards = _cards(connection, {work.card_key for work in works if work.card_key is not None}, since)
    rows, counted, answers = list[DecisionRow](), list[tuple[Any, ...]](), list[Stored | PaymentAnalysisError]()
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
            counted.append((work.card_key, attempt.attempted_at, row.payment_id, row.audit_id, attempt.traits))
        if work.key is not None:
            known[work.key] = (row.audit_id, work.digest, work.decision_type, row.response)
        answers.append(Stored(row.audit_id, row.response, is_repeat=False))
    with connection.cursor() as cursor:
        if counted:
            cursor.executemany(_COUNT, counted)
        if places:  # in one order, so that two programs do not wait for each other
            cursor.executemany(_PLACE, [(one.subject_key, one.variant, one.experiment_id) for one in sorted(places)])
        write(cursor, "decisionlog", rows)
    return answers


def _known(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[str, str | None, str, str]]:
    if not keys:
        return {}
    return {
        key: (audit_id, digest, kind, text)
        for key, audit_id, digest, kind, text in connection.execute(_BY_KEY, (keys,))
    }


def _cards(connection: Connection, keys: set[str], since: datetime) -> dict[str, list[CardRow]]:
    cards = dict[str, list[CardRow]]({key: [] for key in keys})
    if keys:
        for key, *row in connection.execute(_CARDS, (sorted(keys), since)):
            cards[key].append(CardRow(*row))
    return cards


def _repeat(
    work: DecisionWork, audit_id: str, digest: str | None, decision_type: str, response: str
) -> Stored | PaymentAnalysisError:
    if digest != work.digest or decision_type != work.decision_type:
        return Conflict(
            f"the idempotency key {work.key!r} was used for another decision ({audit_id})",
            hint="use a new key for a new decision",
        )
    return Stored(audit_id, response, is_repeat=True)


def _outcomes(connection: Connection, works: Sequence[OutcomeWork]) -> list[Any]:
    if not works:
        return []
    found = {row[0]: Decided(*row) for row in connection.execute(_DECIDED, ([work.audit_id for work in works],))}
    rows, counted, answers = list[OutcomeRow](), list[tuple[Any, ...]](), list[Any]()
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
            counted.append((decided.card_key, attempt.attempted_at, decided.payment_id, work.audit_id, attempt.traits))
        answers.append(answer)
    with connection.cursor() as cursor:
        if counted:
            cursor.executemany(_COUNT, counted)
        write(cursor, "decisionoutcome", rows)
    return answers
