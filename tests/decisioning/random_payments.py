"""Payments by the hundred thousand, from a seed: what hypothesis would draw, a hundred times faster and less cunning."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.decisioning.contexts import ADVICE_CODES, DECLINE_CODES, NOW

from payment_analysis.decisioning.authentication import PathScores
from payment_analysis.decisioning.context import TREATMENT, Context, PreviousOutcome
from payment_analysis.decisioning.mandates import Path
from payment_analysis.decisioning.option import Wish
from payment_analysis.decisioning.retry_case import RetryFacts, RetryScores, Way
from payment_analysis.decisioning.routing import RouteFacts
from payment_analysis.decisioning.scheme_limits import attempt_made, network_of
from payment_analysis.domain.attempt import CardNetwork

if TYPE_CHECKING:
    from collections.abc import Sequence

FLAGS = (
    "is_recurring",
    "supports_passkey",
    "supports_3ds",
    "has_network_token",
    "is_network_token",
    "is_trusted_beneficiary",
    "is_corporate_card",
)
CHOICES: dict[str, Sequence[Any]] = {
    "network": [None, "unheard of", *CardNetwork],
    "issuer_country": [None, "BR", "US", "DE", "FR", "GB", "MX"],
    "merchant_country": [None, "BR", "US", "DE", "FR", "GB", "MX"],
    "payment_method_type": [None, "credit", "debit", "prepaid"],
    "initiator": [None, "cit", "mit"],
    "wallet": [None, "apple_pay"],
    "authenticated_path": [None, *Path],
    "previous_outcome": [None, None, *PreviousOutcome],
    "previous_decline_code": [None, *DECLINE_CODES],
    "previous_decline_reason": [None, None, "INSUFFICIENT_FUNDS", "DO_NOT_HONOR", "whatever"],
    "previous_advice_code": [None, None, None, *ADVICE_CODES],
    "variant": ["control", TREATMENT],
}
WAITS = (1_800, 86_400, 604_800)


class Luck:
    """Draws from one seed."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.share = self._rng.random

    def context(self) -> Context:
        rng = self._rng
        drawn: dict[str, Any] = {name: rng.choice(some) for name, some in CHOICES.items()}
        drawn |= {name: rng.random() < 0.5 for name in FLAGS}
        return Context(
            merchant_id="m1",
            amount_minor=int(10 ** rng.uniform(0, 9)),
            currency="EUR",
            at=NOW,
            amount_value=None if rng.random() < 0.1 else 10 ** rng.uniform(-2, 7),
            attempt_number=rng.choice((0, 0, 1, 1, 2, 3, 5, 40)),
            risk_score=self.maybe(),
            device_trust_score=self.maybe(),
            **drawn,
        )

    def maybe(self) -> float | None:
        return None if self._rng.random() < 0.2 else self._rng.choice((0.0, 1.0, self.share(), self.share()))

    def path_scores(self) -> PathScores | None:
        if self.share() < 0.1:
            return None
        return PathScores(self.share() ** 3, {str(path): self.share() for path in Path})

    def routes(self) -> list[RouteFacts]:
        names = ("north", "south", "east", "west")[: self._rng.randint(1, 4)]
        return [
            RouteFacts(
                name,
                (self.share(), self.share()),
                self.share(),
                self.share() / 20,
                self.share(),
                self._rng.choice((0, 199, 200, 10_000)),
                is_active=self.share() < 0.8,
                is_down=self.share() < 0.3,
            )
            for name in names
        ]

    def retry_scores(self) -> RetryScores | None:
        if self.share() < 0.1:
            return None
        shifts = {str(way): self._rng.uniform(-5, 5) for way in Way if self.share() < 0.5}
        return RetryScores({wait: self.share() for wait in WAITS}, shifts, self.share() ** 3, self.share())

    def history(self, context: Context) -> RetryFacts:
        network, rng = network_of(context.network), self._rng
        hours = sorted(rng.choices(range(720), k=rng.choice((0, 0, 1, 3, 7, 20))), reverse=True)
        codes, advice = CHOICES["previous_decline_code"], CHOICES["previous_advice_code"]
        return RetryFacts(
            tuple(
                attempt_made(network, rng.choice(codes), rng.choice(advice), NOW - timedelta(hours=hour))
                for hour in hours
            )
        )

    def wishes(self, actions: Sequence[str]) -> tuple[Wish, ...]:
        if self.share() < 0.7:
            return ()
        rng = self._rng
        return (
            Wish(
                "r",
                "a rule",
                "1",
                "does something",
                require=frozenset(rng.sample(actions, rng.randint(0, 1))),
                forbid=frozenset(rng.sample(actions, rng.randint(0, 1))),
                stop=rng.random() < 0.2,
                wait_seconds_min=rng.choice((None, 0, 7_200, 100_000)),
                attempts_max=rng.choice((None, 0, 2, 10)),
            ),
        )
