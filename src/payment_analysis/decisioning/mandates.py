"""What law, schemes and the card itself leave open before anybody may prefer something: hard constraints come first.

Sources are in the requirement research of the house (domain facts B4 and B5): 3DS is mandatory for Brazilian debit in
e-commerce; in the EEA and the United Kingdom a cardholder who is present authenticates strongly, unless an exemption
is asked for, which the issuer may refuse and which leaves the liability with the merchant.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.attempt import CardNetwork, PaymentMethodType
from payment_analysis.domain.countries import Region, region_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from payment_analysis.decisioning.context import Context


class Path(StrEnum):
    """How a payment is authenticated."""

    NONE = "none"
    FRICTIONLESS = "3ds_frictionless"
    CHALLENGE = "3ds_challenge"
    DATA_ONLY = "data_only"
    PASSKEY = "passkey"
    LOW_VALUE = "exemption_low_value"
    TRA = "exemption_tra"
    TRUSTED_BENEFICIARY = "exemption_trusted_beneficiary"
    SECURE_CORPORATE = "exemption_secure_corporate"


STRONG: Final = frozenset({Path.FRICTIONLESS, Path.CHALLENGE, Path.PASSKEY})
EXEMPTIONS: Final = frozenset({Path.LOW_VALUE, Path.TRA, Path.TRUSTED_BENEFICIARY, Path.SECURE_CORPORATE})
# Where the issuer bears fraud: an authentication does it, data-only and exemptions do not (ECI 04, 06, 07).
LIABILITY_SHIFTS: Final = STRONG
PAYS_FOR_3DS: Final = frozenset({Path.FRICTIONLESS, Path.CHALLENGE})
LOW_VALUE_EUR: Final = 30.0  # until EUR 100 or five payments in a row; the issuer counts these
TRA_BANDS_EUR: Final = ((0.0001, 500.0), (0.0006, 250.0), (0.0013, 100.0))  # fraud rate at most, amount at most
DATA_ONLY_NETWORKS: Final = frozenset({CardNetwork.VISA, CardNetwork.MASTERCARD})
SOFT_DECLINES: Final = frozenset({"1A", "65", "70"})  # "authenticate first" in Europe; 1A everywhere
ANYWHERE_SOFT: Final = "1A"


def is_mandated_debit(context: Context) -> bool:
    """Brazilian debit in e-commerce at a Brazilian merchant."""
    return (
        context.payment_method_type == PaymentMethodType.DEBIT
        and context.issuer_country == "BR"
        and context.merchant_country in {None, "BR"}
        and context.wallet is None
        and not context.is_merchant_initiated
    )


def needs_strong_authentication(context: Context) -> bool:
    """Issuer and merchant in the region of strong customer authentication; one leg outside of it is out of scope."""
    return (
        region_of(context.issuer_country) is Region.EUROPE
        and (context.merchant_country is None or region_of(context.merchant_country) is Region.EUROPE)
        and context.wallet is None
        and not context.is_merchant_initiated
    )


def was_softly_declined(context: Context) -> bool:
    """The issuer asked for authentication with its answer to the attempt before."""
    code = (context.previous_decline_code or "").strip().upper()
    in_europe = region_of(context.issuer_country) is Region.EUROPE
    return code == ANYWHERE_SOFT or (in_europe and code in SOFT_DECLINES)


def tra_limit_eur(fraud_rate: float) -> float:
    """Amount up to which an acquirer with this fraud rate may ask for a risk-analysis exemption; 0 for none."""
    return next((limit for rate, limit in TRA_BANDS_EUR if fraud_rate <= rate), 0.0)


# Each constraint: why it holds, when, and the paths it leaves. Those that hold are intersected.
Constraint = tuple[str, "Callable[[Context], bool]", frozenset[Path]]
_ALL: Final = frozenset(Path)
CONSTRAINTS: Final[tuple[Constraint, ...]] = (
    ("nobody is there to authenticate", lambda c: c.is_merchant_initiated, frozenset({Path.NONE})),
    ("the wallet has authenticated the cardholder", lambda c: c.wallet is not None, frozenset({Path.NONE})),
    ("Brazilian debit must be authenticated with 3DS", is_mandated_debit, PAYS_FOR_3DS),
    ("the issuer asked for a challenge", was_softly_declined, frozenset({Path.CHALLENGE})),
    ("strong customer authentication is required", needs_strong_authentication, STRONG | EXEMPTIONS),
    ("exemptions exist only under that law", lambda c: not needs_strong_authentication(c), _ALL - EXEMPTIONS),
    ("no passkey is enrolled", lambda c: not c.supports_passkey, _ALL - {Path.PASSKEY}),
    ("the card does not support 3DS", lambda c: not c.supports_3ds, _ALL - PAYS_FOR_3DS - {Path.DATA_ONLY}),
    ("the network has no data-only", lambda c: c.network not in DATA_ONLY_NETWORKS, _ALL - {Path.DATA_ONLY}),
    ("the beneficiary is not trusted", lambda c: not c.is_trusted_beneficiary, _ALL - {Path.TRUSTED_BENEFICIARY}),
    ("it is no corporate card", lambda c: not c.is_corporate_card, _ALL - {Path.SECURE_CORPORATE}),
)
# What each of them takes away, worked out once.
_TAKES: Final = {leaves: tuple(path for path in Path if path not in leaves) for _, _, leaves in CONSTRAINTS}
# Constraints of law and issuer outrank what the card can do: a card that cannot do what the law demands cannot be paid
# with, and the strongest demand is then what is tried.
LAST_RESORT: Final = {True: Path.CHALLENGE, False: Path.NONE}


def excluded(context: Context, amount_eur: float | None, fraud_rate: float) -> dict[Path, str]:
    """Every path that is not on offer, with the first reason."""
    why = dict[Path, str]()
    for reason, holds, leaves in CONSTRAINTS:
        if holds(context):
            for path in _TAKES[leaves]:
                why.setdefault(path, reason)
    if amount_eur is None or amount_eur >= LOW_VALUE_EUR:
        why.setdefault(Path.LOW_VALUE, f"the amount is not below EUR {LOW_VALUE_EUR:.0f}")
    limit = tra_limit_eur(fraud_rate)
    if amount_eur is None or amount_eur > limit:
        why.setdefault(Path.TRA, f"the amount is above EUR {limit:.0f}, the limit at this fraud rate")
    if len(why) == len(_ALL):
        must = is_mandated_debit(context) or needs_strong_authentication(context) or was_softly_declined(context)
        del why[LAST_RESORT[must]]
    return why
