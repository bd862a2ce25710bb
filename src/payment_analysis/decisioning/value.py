"""What an attempt is expected to bring, in the reporting currency; the one home of the formula.

value = approval x won - (1 - approval) x lost
won   = (1 - fraud) x margin x amount - fraud x amount (unless the issuer bears it) - fee when approved
lost  = fee when declined
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Stakes(NamedTuple):
    """What is gained by an approval and what a decline costs; numbers, or arrays of them."""

    won: Any
    lost: Any

    def value(self, approval: Any) -> Any:
        """The expected value at an approval probability."""
        return approval * (self.won + self.lost) - self.lost


def stakes(
    amount: float,
    *,
    margin: float,
    fraud: float,
    liability_shifts: bool = False,
    fee_approved: float = 0.0,
    fee_declined: float = 0.0,
) -> Stakes:
    """What is at stake; `margin` and `fraud` are shares 0..1, the rest is in the reporting currency."""
    borne = 0.0 if liability_shifts else fraud * amount
    return Stakes((1.0 - fraud) * margin * amount - borne - fee_approved, fee_declined)
