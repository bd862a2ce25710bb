"""A little world of card payments in October 2026, drawn from a seed: nothing in it is real."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENING = datetime(2026, 10, 1, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Decline:
    """A way to be declined: what each party writes, how often, and how often a retry helps."""

    code: str
    amex: str
    stripe: str
    words: str
    weight: int
    recovers: float
    advice: tuple[str, ...] = ("",)  # Mastercard's advice, one of these


DECLINES = (
    Decline("51", "116", "insufficient_funds", "Insufficient funds/over credit limit", 40, 0.45, ("24", "25", "02")),
    Decline("05", "100", "do_not_honor", "Do not honor", 22, 0.25, ("", "03", "02")),
    Decline("91", "912", "issuer_not_available", "Issuer or switch is inoperative", 10, 0.8),
    Decline("54", "101", "expired_card", "Expired card", 9, 0.0, ("01",)),
    Decline("61", "110", "withdrawal_count_limit_exceeded", "Exceeds withdrawal amount limit", 8, 0.3),
    Decline("59", "100", "fraudulent", "Suspected fraud", 6, 0.05, ("03",)),
    Decline("14", "122", "invalid_number", "Invalid card number", 5, 0.0),
)
BLOCKED = Decline("", "", "highest_risk_level", "FRAUD", 0, 0.0)
UNAUTHENTICATED = Decline("", "", "authentication_required", "3D Not Authenticated", 0, 0.35)


@dataclass(frozen=True)
class Attempt:
    """One attempt in neutral words; each writer says it in those of its format."""

    payment: int
    number: int
    at: datetime
    amount_minor: int
    currency: str
    network: str
    funding: str
    last4: str
    card: str
    country: str
    customer: str
    psp: str
    recurring: bool
    token: bool
    three_ds: str  # "", frictionless or challenge
    decline: Decline | None
    advice: str = ""

    @property
    def declined_by(self) -> str:
        """Who said no."""
        named = {id(BLOCKED): "fraud_control", id(UNAUTHENTICATED): "authentication"}
        return named.get(id(self.decline), "issuer") if self.decline else ""

    @property
    def code(self) -> str:
        """The response code in the words of the network."""
        return "" if self.decline is None else self.decline.amex if self.network == "amex" else self.decline.code

    @property
    def eci(self) -> str:
        """Mastercard counts in its own way."""
        shown = self.three_ds and self.declined_by != "authentication"
        return ("02" if self.network == "mastercard" else "05") if shown else ""


def attempts(seed: int, payments: int) -> list[Attempt]:
    """Draw payments with their retries, in the order of time."""
    draw = random.Random(seed)
    drawn = [attempt for payment in range(payments) for attempt in _payment(draw, payment)]
    return sorted(drawn, key=lambda attempt: (attempt.at, attempt.payment, attempt.number))


def _payment(draw: random.Random, payment: int) -> Iterator[Attempt]:
    european = draw.random() < 0.6
    recurring = draw.random() < 0.2
    network = draw.choices(("visa", "mastercard", "amex"), (55, 38, 7))[0]
    customer = f"{draw.randrange(16**8):08x}"
    challenged = draw.choices(("", "frictionless", "challenge"), (25, 50, 25))[0]
    attempt = Attempt(
        payment=payment,
        number=1,
        at=OPENING + timedelta(seconds=draw.randrange(18 * 86_400)),
        amount_minor=draw.choice((990, 1490, 1990, 2990, 4990, 7990, 12900, 24900)) + draw.randrange(0, 90, 5),
        currency="EUR" if european else "BRL",
        network=network,
        funding=draw.choices(("credit", "debit", "prepaid"), (60, 35, 5))[0],
        last4=f"{draw.randrange(10_000):04d}",
        card=f"{draw.randrange(16**12):012x}",
        country=draw.choice(("DE", "DE", "AT", "NL", "FR")) if european else "BR",
        customer=customer,
        psp=draw.choices(("northgate", "rapidpay"), (65, 35))[0],
        recurring=recurring,
        token=network != "amex" and draw.random() < 0.4,
        three_ds=challenged if european and not recurring else "",
        decline=None,
    )
    attempt = _outcome(draw, attempt, approves=0.78)
    yield attempt
    while attempt.decline and attempt.number < 4 and draw.random() < 0.7:
        recovers = attempt.decline.recovers
        minutes = draw.randrange(24 * 60, 96 * 60) if attempt.recurring else draw.randrange(1, 12)
        other = "rapidpay" if attempt.psp == "northgate" else "northgate"
        attempt = replace(
            attempt,
            number=attempt.number + 1,
            at=attempt.at + timedelta(minutes=minutes, seconds=draw.randrange(60)),
            psp=other if draw.random() < 0.4 else attempt.psp,
            decline=None,
            advice="",
        )
        attempt = _outcome(draw, attempt, approves=recovers)
        yield attempt


def _outcome(draw: random.Random, attempt: Attempt, approves: float) -> Attempt:
    if draw.random() < approves:
        return attempt
    special = draw.random()
    if special < 0.06:
        return replace(attempt, decline=BLOCKED)
    if special < 0.16 and attempt.three_ds == "challenge":
        return replace(attempt, decline=UNAUTHENTICATED)
    decline = draw.choices(DECLINES, [each.weight for each in DECLINES])[0]
    advice = draw.choice(decline.advice) if attempt.network == "mastercard" else ""
    return replace(attempt, decline=decline, advice=advice)
