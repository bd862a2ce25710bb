"""From a request to the facts of a decision, and from a decision to its answer."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson

from payment_analysis.backend.decision_models import DecisionContext
from payment_analysis.decisioning.context import CONTROL, Context
from payment_analysis.decisioning.scheme_limits import attempt_made, network_of
from payment_analysis.domain.currencies import exponent
from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.rates import BASE, rate
from payment_analysis.domain.retry_rules import AttemptMade
from payment_analysis.store.decision_rows import Attempt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from payment_analysis.decisioning.option import Option, RuleHit
    from payment_analysis.store.decision_rows import CardRow

SHARED: Final = tuple(name for name in Context._fields if name in DecisionContext.model_fields)
CURRENCIES_KEPT: Final = 1_000  # currency and day


def context_of(body: DecisionContext, now: datetime, variant: str = CONTROL) -> Context:
    """The facts that the caller gave, with the amount in the reporting currency of decisions, EUR."""
    given = body.__dict__
    per_unit = _value_of_unit(body.currency, now.date())
    return Context(
        at=now,
        amount_value=None if per_unit is None else body.amount_minor * per_unit,
        variant=variant,
        **{name: given[name] for name in SHARED},
    )


@lru_cache(CURRENCIES_KEPT)
def _value_of_unit(currency: str, on: date) -> float | None:
    """What one minor unit is worth; None without a rate."""
    known = rate(currency, BASE, on)
    return None if known is None else float(known) / 10 ** exponent(currency)


def check_text(body: bytes) -> None:
    """PostgreSQL cannot hold the character NUL, wherever it stands."""
    if b"\\u0000" in body:
        raise BadInput("the request holds the character NUL", hint="leave it out")


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def card_key(context: Context) -> str | None:
    """One card at one merchant, as retry programmes count."""
    if context.card_token_id is None:
        return None
    words = "\n".join((context.network or "", context.merchant_id, context.card_token_id))
    return hashlib.sha256(words.encode()).hexdigest()


def traits_of(attempt: AttemptMade) -> dict[str, Any]:
    """An attempt as it is stored."""
    return {
        "declined": attempt.declined,
        "visa_category": attempt.visa_category,
        "advice_code": attempt.advice_code,
        "irreversible": attempt.irreversible,
    }


def attempts_of(rows: Sequence[CardRow]) -> list[AttemptMade]:
    """Attempts as the programmes count them."""
    return [AttemptMade(at=row.attempted_at, **row.traits) for row in rows]


def attempt_like_last(context: Context, at: datetime) -> AttemptMade:
    """The attempt that is granted: until its outcome is told it counts as declined like the one before."""
    return attempt_made(network_of(context.network), context.previous_decline_code, context.previous_advice_code, at)


def options_out(options: Sequence[Option]) -> list[dict[str, Any]]:
    return [
        {
            "action": one.action,
            "is_eligible": one.is_eligible,
            "why": one.why,
            "approval": one.approval,
            "net_value": one.net_value,
            "terms": dict(one.terms),
        }
        for one in options
    ]


def hits_out(hits: Sequence[RuleHit]) -> list[dict[str, Any]]:
    return [one._asdict() for one in hits]


def plain(known: Mapping[str, Any]) -> dict[str, Any]:
    """Features as they are told; what is not a number or a word is left out."""
    return {name: value for name, value in known.items() if isinstance(value, int | float | str | bool)}


def granted(context: Context, wait_seconds: int | None) -> Attempt | None:
    """The attempt that counts from now on."""
    if wait_seconds is None:
        return None
    at: datetime = context.at + timedelta(seconds=wait_seconds)
    return Attempt(at, orjson.dumps(traits_of(attempt_like_last(context, at))).decode())
