"""Decisions and outcomes on their way into the store: what is handed in, what is read beside it, what is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime


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
