"""The facts of one decision: what the caller says of the payment, and what we know beside it.

A fact that nobody gave is None and stays unknown; no policy fills it with a guess. What is only known after somebody
answered is no fact of a decision, except the answer to the attempt before.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class PreviousOutcome(StrEnum):
    """How the attempt before ended, as far as the caller knows."""

    DECLINED = "declined"
    ERROR = "error"
    TIMEOUT = "timeout"
    PENDING = "pending"


UNKNOWN_OUTCOMES: Final = frozenset({PreviousOutcome.TIMEOUT, PreviousOutcome.PENDING})
CONTROL, TREATMENT = "control", "treatment"


class Context(NamedTuple):
    """One payment at the moment of a decision; amounts in minor units, `amount_value` in the reporting currency."""

    merchant_id: str
    amount_minor: int
    currency: str
    at: datetime
    amount_value: float | None = None
    payment_id: str | None = None
    network: str | None = None
    card_bin: str | None = None
    card_token_id: str | None = None
    issuer: str | None = None
    issuer_country: str | None = None
    payment_method_type: str | None = None
    merchant_country: str | None = None
    merchant_segment: str | None = None
    geo_country: str | None = None
    entry_mode: str | None = None
    entry_system: str | None = None
    flow_type: str | None = None
    initiator: str | None = None
    wallet: str | None = None
    device_type: str | None = None
    installments: int | None = None
    is_recurring: bool = False
    attempt_number: int = 0
    risk_score: float | None = None
    aml_risk_score: float | None = None
    device_trust_score: float | None = None
    supports_passkey: bool = False
    supports_3ds: bool = True
    has_network_token: bool = False
    is_network_token: bool = False
    is_trusted_beneficiary: bool = False
    is_corporate_card: bool = False
    authenticated_path: str | None = None
    previous_outcome: str | None = None
    previous_decline_code: str | None = None
    previous_decline_reason: str | None = None
    previous_advice_code: str | None = None
    previous_route: str | None = None
    variant: str = CONTROL

    @property
    def attempts_made(self) -> int:
        """Attempts of this payment so far; an attempt that was declined was made."""
        told = self.previous_decline_code or self.previous_decline_reason or self.previous_outcome
        return max(self.attempt_number, 1 if told else 0)

    @property
    def is_merchant_initiated(self) -> bool:
        """Nobody is there who could authenticate."""
        return self.initiator == "mit" or (self.initiator is None and self.is_recurring)
