"""The attempt: one authorisation message. Its columns live here and nowhere else.

`FIELDS` is the canonical schema: ingest produces it, the landing table stores it, the JSON Schema is generated from it.
Column names that the requirement documents print are kept; everything else follows ISO 8583, EMV 3DS and CIT/MIT terms.
A field that an export does not carry is null: nothing is filled with a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import builtins


class AttemptResult(StrEnum):
    """What is known of one authorisation message."""

    APPROVED = "approved"
    DECLINED = "declined"  # somebody said no: issuer, network, gateway, fraud control, authentication, merchant
    PENDING = "pending"  # outcome unknown (time-out); resolved later by a revision
    ERROR = "error"  # the message never got a yes or no: validation or technical failure on our side of the network


class DeclinedBy(StrEnum):
    """Who said no. Only issuer and network declines count in the authorisation rate."""

    ISSUER = "issuer"
    NETWORK = "network"
    GATEWAY = "gateway"
    FRAUD_CONTROL = "fraud_control"
    AUTHENTICATION = "authentication"
    MERCHANT = "merchant"


class CardNetwork(StrEnum):
    VISA = "visa"
    MASTERCARD = "mastercard"
    MAESTRO = "maestro"
    AMEX = "amex"
    ELO = "elo"
    HIPERCARD = "hipercard"
    DINERS = "diners"
    DISCOVER = "discover"
    JCB = "jcb"
    UNIONPAY = "unionpay"
    CARTES_BANCAIRES = "cartes_bancaires"


class PaymentMethodType(StrEnum):
    """Funding of the card."""

    CREDIT = "credit"
    DEBIT = "debit"
    PREPAID = "prepaid"


class EntrySystem(StrEnum):
    """The merchant's way in: modern digital platform, legacy web service, single entry point, hosted checkout."""

    PD = "PD"
    WS = "WS"
    SEP = "SEP"
    CHECKOUT = "CHECKOUT"


class Initiator(StrEnum):
    """Cardholder- or merchant-initiated transaction."""

    CIT = "cit"
    MIT = "mit"


class TransStatus(StrEnum):
    """EMV 3DS transStatus."""

    Y = "Y"  # authenticated
    A = "A"  # attempt, with proof
    N = "N"  # not authenticated
    U = "U"  # could not be performed
    C = "C"  # challenge required
    D = "D"  # decoupled authentication
    R = "R"  # rejected: do not authorise
    I = "I"  # informational, e.g. exemption or data-only acknowledged  # noqa: E741 - the value's own EMV name


class FieldType(StrEnum):
    """Types every engine of the house agrees on, in Databricks SQL words."""

    STRING = "string"
    BIGINT = "bigint"
    INT = "int"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"  # a UTC instant, microseconds
    SCORE = "decimal(6,4)"  # 0..1


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the canonical attempt: name, type, meaning, and what a value must satisfy."""

    name: str
    type: FieldType
    meaning: str
    required: bool = False
    values: builtins.type[StrEnum] | None = None  # closed set
    pattern: str | None = None  # regular expression the whole value must match
    minimum: int | None = None
    maximum: int | None = None


_S, _L, _I, _B, _T, _D = (
    FieldType.STRING,
    FieldType.BIGINT,
    FieldType.INT,
    FieldType.BOOLEAN,
    FieldType.TIMESTAMP,
    FieldType.SCORE,
)
_COUNTRY = "[A-Z]{2}"

FIELDS: tuple[Field, ...] = (
    # identity
    Field("transaction_id", _S, "The attempt: one authorisation message. Unique.", required=True),
    Field("payment_id", _S, "The payment (order, intent) the attempt belongs to; null when a grouping rule forms it."),
    Field(
        "payment_key",
        _S,
        "Grouping rule: attempts with one key, each within the window after the previous one, are one payment.",
    ),
    Field("payment_window_seconds", _I, "Grouping rule: the window, in seconds.", minimum=0),
    Field("attempt_number", _I, "Position within the payment, 1-based, when the source knows it.", minimum=1),
    Field("merchant_id", _S, "The merchant account that sent the attempt."),
    Field("cardholder_id", _S, "The merchant's or PSP's name for the customer; never personal data."),
    Field("card_token_id", _S, "Token or fingerprint that is equal for equal cards; never a PAN."),
    # money and time
    Field("amount_minor", _L, "Amount in minor units of the currency (cents; yen has none).", required=True, minimum=0),
    Field("currency", _S, "ISO 4217 alphabetic code.", required=True, pattern="[A-Z]{3}"),
    Field("installments", _I, "Number of installments; 1 or null is a single payment.", minimum=1, maximum=99),
    Field("event_timestamp", _T, "When the attempt was made, a UTC instant.", required=True),
    Field("updated_at", _T, "When this state of the attempt became known; null means at event_timestamp."),
    Field("processing_time_ms", _I, "From request to answer, milliseconds.", minimum=0),
    # outcome
    Field("result", _S, "approved, declined, pending or error.", required=True, values=AttemptResult),
    Field("declined_by", _S, "Who said no, when the source tells.", values=DeclinedBy),
    Field("decline_code_raw", _S, "Response code as the source gives it, normally DE39 of the network."),
    Field("decline_reason", _S, "The source's word for the reason, e.g. INSUFFICIENT_FUNDS."),
    Field("merchant_advice_code", _S, "Mastercard merchant advice code (DE48 SE84) or the network's equivalent."),
    Field("merchant_response_code", _S, "Code the merchant saw; 00 when approved."),
    Field("is_verification", _B, "Zero-amount or account verification: not a sale."),
    Field("is_test", _B, "Test traffic."),
    Field("fraud_reported_at", _T, "When the attempt was reported as fraud (chargeback or issuer report)."),
    Field("psp_fee_minor", _L, "Fee the PSP charged for the attempt, minor units of the currency."),
    # card and issuer
    Field("card_network", _S, "Card network, lower case.", values=CardNetwork),
    Field("card_bin", _S, "First six or eight digits of the card.", pattern="[0-9]{6}([0-9]{2})?"),
    Field("card_last4", _S, "Last four digits of the card.", pattern="[0-9]{4}"),
    Field("payment_method_type", _S, "Funding: credit, debit or prepaid.", values=PaymentMethodType),
    Field("issuer", _S, "Issuer name or id as the source gives it."),
    Field("issuer_country", _S, "Country of the issuer, ISO 3166 alpha-2.", pattern=_COUNTRY),
    Field("wallet", _S, "Wallet that carried the card: apple_pay, google_pay, link, …"),
    # route and context
    Field("psp", _S, "Payment service provider or acquirer route the attempt was sent to."),
    Field("geo_country", _S, "Country of the shopper or of the sale, ISO 3166 alpha-2.", pattern=_COUNTRY),
    Field("merchant_country", _S, "Country of the merchant account, ISO 3166 alpha-2.", pattern=_COUNTRY),
    Field("merchant_segment", _S, "Line of business of the merchant."),
    Field("mcc", _S, "Merchant category code, ISO 18245.", pattern="[0-9]{4}"),
    Field("entry_system", _S, "Merchant's way in: PD, WS, SEP or CHECKOUT.", values=EntrySystem),
    Field("flow_type", _S, "Flow: standard_ecom, payment_link, payment_link_sep, recurring, legacy_ws."),
    Field("transaction_stage", _S, "entry_response (merchant-visible) or downstream_response."),
    Field("entry_mode", _S, "How the card data came in: ecom, contactless, chip, manual, recurring."),
    Field("payment_solution", _S, "standard, 3ds, network_token, passkey, apple_pay, google_pay, …"),
    Field("initiator", _S, "Cardholder- (cit) or merchant-initiated (mit) transaction.", values=Initiator),
    Field("is_recurring", _B, "Part of a recurring series."),
    Field("is_retry", _B, "The source marks the attempt as a retry of a declined one."),
    Field("retry_count", _I, "Retries before this attempt, as the source counts them.", minimum=0),
    Field("device_type", _S, "mobile, desktop or tablet."),
    Field("device_fingerprint", _S, "Device fingerprint."),
    Field("ip_address", _S, "Shopper's IP address."),
    # authentication
    Field("uses_3ds", _B, "EMV 3DS was used."),
    Field("three_ds_routed", _B, "Sent to 3DS by rule or mandate."),
    Field("three_ds_friction", _B, "The cardholder was challenged."),
    Field("three_ds_authenticated", _B, "Authentication succeeded."),
    Field("three_ds_version", _S, "EMV 3DS protocol version."),
    Field("three_ds_trans_status", _S, "EMV 3DS transStatus.", values=TransStatus),
    Field("eci", _S, "Electronic commerce indicator as answered in the authorisation.", pattern="[0-9A-Z]{1,2}"),
    Field("sca_exemption", _S, "SCA exemption asked for: low_value, tra, trusted_beneficiary, secure_corporate, …"),
    Field("cvv_result", _S, "Card security code check as the source words it."),
    Field("avs_result", _S, "Address check as the source words it."),
    # services of smart checkout
    Field("antifraud_used", _B, "An antifraud service was asked."),
    Field("antifraud_result", _S, "not_run, pass or fail."),
    Field("vault_used", _B, "Card came from the vault."),
    Field("data_only_used", _B, "3DS data-only."),
    Field("click_to_pay_used", _B, "Click to Pay."),
    Field("idpay_invoked", _B, "IdPay biometrics was asked."),
    Field("idpay_success", _B, "IdPay confirmed the person."),
    Field("is_network_token", _B, "Sent with a network token instead of the PAN."),
    Field("has_passkey", _B, "Passkey authentication available."),
    # scores, 0..1
    Field("fraud_score", _D, "Vendor fraud score, 0..1.", minimum=0, maximum=1),
    Field("aml_risk_score", _D, "Anti-money-laundering score, 0..1.", minimum=0, maximum=1),
    Field("device_trust_score", _D, "Trust in the device, 0..1.", minimum=0, maximum=1),
)

REQUIRED: tuple[str, ...] = tuple(field.name for field in FIELDS if field.required)
FIELD_BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
