"""What a decision may know: the declared fields. A rule, an experiment and a policy read these names and no others.

The facts of a decision are a mapping of these names to plain values; a name that is missing is null. Authentication and
routing are decided before anybody answers, so their facts hold no answer. Retry is decided about an attempt that was
declined: its facts are those of that attempt, the decline included. `field_of` refuses every other column of an attempt
and says why.

    Kind       fact                                   how a rule writes a value
    WORD       str, exactly as stored                 'visa'; closed sets and codes in any case
    FLAG       bool                                   true, false, or the bare name
    COUNT      int                                    3
    MINOR      int, minor units of the payment        50000
    MONEY      amount_minor and currency              500 BRL; null for a payment in another currency
    REAL       float                                  199.99
    RATIO      float, 0..1                            0.7 or 70%
    SECONDS    int                                    90, 90 s, 15 min, 2 h, 3 days
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from payment_analysis.domain.attempt import (
    FIELD_BY_NAME,
    CardNetwork,
    DeclinedBy,
    EntrySystem,
    Initiator,
    PaymentMethodType,
)
from payment_analysis.domain.decline_reasons import DeclineReason, Fault, ReasonGroup, StandardReason
from payment_analysis.domain.errors import BadRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Decision(StrEnum):
    """What is decided; the documents call it a rule's type."""

    AUTHENTICATION = "authentication"
    ROUTING = "routing"
    RETRY = "retry"


class Kind(StrEnum):
    """What a field holds, and so which values it may be compared with."""

    WORD = "word"
    FLAG = "flag"
    COUNT = "count"
    MINOR = "minor"
    MONEY = "money"
    REAL = "real"
    RATIO = "ratio"
    SECONDS = "seconds"


ALL: Final = frozenset(Decision)
AFTER: Final = frozenset({Decision.RETRY})  # known only of an attempt that was declined
AUTHENTICATED: Final = frozenset({Decision.ROUTING, Decision.RETRY})  # authentication is decided before the route


@dataclass(frozen=True, slots=True, repr=False)
class DecisionField:
    """One fact a decision may be told."""

    name: str
    kind: Kind
    meaning: str
    decisions: frozenset[Decision] = ALL
    unit: str = ""
    column: str | None = ""  # of payments_enriched_silver; "" is the field's own name, None is stored nowhere
    values: tuple[str, ...] = ()  # closed set
    spelling: Literal["", "upper", "lower"] = ""  # how the stored words are written
    minimum: float | None = None
    maximum: float | None = None
    aliases: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.name

    @property
    def stored_as(self) -> str | None:
        """The column of silver that holds it; None when history does not know it."""
        return self.name if self.column == "" else self.column


_D, _K = DecisionField, Kind
_FROM_THE_MERCHANT: Final = (
    _D("merchant_id", _K.WORD, "The merchant account."),
    _D("merchant_segment", _K.WORD, "Line of business of the merchant."),
    _D("merchant_country", _K.WORD, "Country of the merchant account, ISO 3166 alpha-2.", spelling="upper"),
    _D("merchant_risk_tier", _K.WORD, "Risk tier of the merchant.", values=("low", "medium", "high")),
    _D("mcc", _K.WORD, "Merchant category code, ISO 18245."),
    _D("entry_system", _K.WORD, "Merchant's way in.", values=tuple(EntrySystem)),
    _D("flow_type", _K.WORD, "Flow: standard_ecom, payment_link, recurring, …", spelling="lower"),
    _D("entry_mode", _K.WORD, "How the card data came in.", spelling="lower"),
    _D("initiator", _K.WORD, "Cardholder- (cit) or merchant-initiated (mit).", values=tuple(Initiator)),
    _D("is_recurring", _K.FLAG, "Part of a recurring series."),
    _D("installments", _K.COUNT, "Number of installments.", minimum=1, maximum=99),
)
_MONEY: Final = (
    _D("amount", _K.MONEY, "Amount in one currency, written with it; unknown for a payment in another.", minimum=0),
    _D(
        "amount_minor",
        _K.MINOR,
        "Amount in minor units of whatever currency the payment has.",
        unit="minor units",
        minimum=0,
        aliases=("amount_cents",),
    ),
    _D("currency", _K.WORD, "Currency, ISO 4217.", spelling="upper"),
    _D(
        "reporting_amount",
        _K.REAL,
        "Amount in major units of the reporting currency at the rate of the day; null without a rate.",
        unit="reporting currency",
        minimum=0,
    ),
)
_FROM_THE_CARD: Final = (
    _D("card_network", _K.WORD, "Card network.", values=tuple(CardNetwork), aliases=("network",)),
    _D("card_bin", _K.WORD, "First six or eight digits of the card."),
    _D("payment_method_type", _K.WORD, "Funding of the card.", values=tuple(PaymentMethodType)),
    _D("issuer", _K.WORD, "Issuer as the source names it."),
    _D("issuer_country", _K.WORD, "Country of the issuer, ISO 3166 alpha-2.", spelling="upper"),
    _D("wallet", _K.WORD, "Wallet that carried the card.", spelling="lower"),
    _D("is_network_token", _K.FLAG, "Sent with a network token instead of the card number."),
    _D("vault_used", _K.FLAG, "The card came from the vault."),
    _D("click_to_pay_used", _K.FLAG, "Click to Pay."),
    _D("has_passkey", _K.FLAG, "Passkey authentication is available.", aliases=("supports_passkey",)),
)
_FROM_THE_SHOPPER: Final = (
    _D("geo_country", _K.WORD, "Country of the shopper or of the sale, ISO 3166 alpha-2.", spelling="upper"),
    _D("is_cross_border", _K.FLAG, "Issuer and merchant are in different countries."),
    _D("device_type", _K.WORD, "mobile, desktop or tablet.", spelling="lower"),
    _D("event_hour", _K.COUNT, "Hour of the day, UTC.", minimum=0, maximum=23),
    _D("event_day_of_week", _K.COUNT, "Day of the week, 1 is Sunday, UTC.", minimum=1, maximum=7),
)
_FROM_EARLIER_ATTEMPTS: Final = (
    _D("attempt_number", _K.COUNT, "Position of the (declined) attempt in its payment.", minimum=1),
    _D("is_retry", _K.FLAG, "A later attempt of a payment that was declined before."),
    _D("retry_count", _K.COUNT, "Retries before, as the source counts them.", minimum=0),
    _D("retried_psp", _K.WORD, "Route of the attempt before."),
    _D("retried_reason", _K.WORD, "Standard decline reason of the attempt before.", values=tuple(StandardReason)),
    _D("retried_after_seconds", _K.SECONDS, "Since the attempt before.", unit="seconds", minimum=0),
)
_SCORES: Final = (
    _D("fraud_score", _K.RATIO, "Vendor fraud score.", minimum=0, maximum=1, aliases=("risk_score",)),
    _D("aml_risk_score", _K.RATIO, "Anti-money-laundering score.", minimum=0, maximum=1),
    _D("device_trust_score", _K.RATIO, "Trust in the device.", minimum=0, maximum=1),
    _D("approval_probability", _K.RATIO, "Our approval model.", column=None, minimum=0, maximum=1),
    _D("fraud_probability", _K.RATIO, "Our risk model.", column=None, minimum=0, maximum=1),
    _D("retry_success_probability", _K.RATIO, "Our retry model.", AFTER, column=None, minimum=0, maximum=1),
)
_STREAMING: Final = (  # of the merchant's segment, as online_features_stream names them
    _D("txn_count_5m", _K.COUNT, "Attempts of the segment in the last five minutes.", column=None, minimum=0),
    _D("approval_rate_5m", _K.RATIO, "Approval of the segment in these.", column=None, minimum=0, maximum=1),
    _D("avg_fraud_score_5m", _K.RATIO, "Average fraud score in these.", column=None, minimum=0, maximum=1),
    _D("retry_rate_5m", _K.RATIO, "Share of retries in these.", column=None, minimum=0, maximum=1),
    _D("avg_latency_ms_5m", _K.REAL, "Average latency in these.", unit="ms", column=None, minimum=0),
)
_AFTER_AUTHENTICATION: Final = (
    _D("uses_3ds", _K.FLAG, "EMV 3DS was used.", AUTHENTICATED),
    _D("three_ds_routed", _K.FLAG, "Sent to 3DS by rule or mandate.", AUTHENTICATED),
    _D("sca_exemption", _K.WORD, "SCA exemption asked for.", AUTHENTICATED, spelling="lower"),
    _D("data_only_used", _K.FLAG, "3DS data-only.", AUTHENTICATED),
)
_AFTER_A_DECLINE: Final = (
    _D("psp", _K.WORD, "Route the declined attempt was sent to.", AFTER),
    _D("payment_solution", _K.WORD, "Solution of the declined attempt.", AFTER, spelling="lower"),
    _D(
        "decline_code_raw",
        _K.WORD,
        "Response code as the source gives it, normally DE39.",
        AFTER,
        aliases=("previous_decline_code",),
    ),
    _D("merchant_advice_code", _K.WORD, "Merchant advice code.", AFTER),
    _D(
        "decline_reason",
        _K.WORD,
        "Finer decline reason; a source's own word for it is read as ingest reads it.",
        AFTER,
        column="decline_reason_detail",
        values=tuple(DeclineReason),
        aliases=("previous_decline_reason",),
    ),
    _D("decline_reason_standard", _K.WORD, "Standard decline reason.", AFTER, values=tuple(StandardReason)),
    _D("decline_reason_group", _K.WORD, "Group of the reason.", AFTER, values=tuple(ReasonGroup)),
    _D("decline_fault", _K.WORD, "Who can change it.", AFTER, values=tuple(Fault)),
    _D("declined_by", _K.WORD, "Who said no.", AFTER, column="declined_by_resolved", values=tuple(DeclinedBy)),
    _D("is_retryable", _K.FLAG, "A later attempt may succeed and is allowed.", AFTER),
)

FIELDS: Final[tuple[DecisionField, ...]] = (
    *_FROM_THE_MERCHANT,
    *_MONEY,
    *_FROM_THE_CARD,
    *_FROM_THE_SHOPPER,
    *_FROM_EARLIER_ATTEMPTS,
    *_SCORES,
    *_STREAMING,
    *_AFTER_AUTHENTICATION,
    *_AFTER_A_DECLINE,
)
NAMES: Final[Mapping[str, DecisionField]] = MappingProxyType(
    {name: field for field in FIELDS for name in (field.name, *field.aliases)}
)

# They name one card, person or message: what is to happen to one of them is no rule.
_IDENTITIES: Final = frozenset(
    {
        *("transaction_id", "payment_id", "payment_key", "cardholder_id", "card_token_id", "card_last4"),
        *("device_fingerprint", "ip_address"),
    }
)


def fields_for(decision: Decision | None) -> Iterable[DecisionField]:
    """The fields a decision may know; without one, all of them."""
    return (field for field in FIELDS if decision is None or decision in field.decisions)


def field_of(name: str, decision: Decision | None = None, *, position: int = 0) -> DecisionField:
    """The declared field of this name or alias; raises `BadRule` with the reason why there is none."""
    field = NAMES.get(name.lower())
    if field is None:
        raise BadRule(*_unknown(name, decision), position=position, length=len(name))
    if decision is not None and decision not in field.decisions:
        raise BadRule(
            f"{field.name} is not known when {decision} is decided",
            hint=f"it is known for {', '.join(sorted(field.decisions))}; write the rule for that",
            position=position,
            length=len(name),
        )
    return field


def _unknown(name: str, decision: Decision | None) -> tuple[str]:
    known = name.lower()
    if known in _IDENTITIES:
        return (f"{name} names one card, person or message; a rule is about many: use card_bin, issuer or merchant_id",)
    if known in FIELD_BY_NAME:
        return (f"{name} is known only after the answer, so no rule may read it",)
    near = get_close_matches(known, [field.name for field in fields_for(decision)], n=1, cutoff=0.6)
    meant = f"did you mean {near[0]}?" if near else f"a word is written in quotes: '{name}'"
    return (f"{name} is no field of a decision; {meant}",)
