"""The attempt as a contract: its JSON Schema for other systems, and the typed record for our own code.

The schema is made from FIELDS and published as docs/schemas/attempt.schema.json, which a test keeps equal. The fields
of the record are written out so that editors and mypy know them; a test holds them equal to FIELDS in name, order and
type.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from payment_analysis.domain.attempt import (
    FIELD_BY_NAME,
    FIELDS,
    REQUIRED,
    AttemptResult,
    CardNetwork,
    DeclinedBy,
    EntrySystem,
    Field,
    FieldType,
    Initiator,
    PaymentMethodType,
    TransStatus,
)
from payment_analysis.domain.currencies import currency_of
from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.quarantine import holds_card_number, mask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCHEMA_ID = "urn:payment-analysis:attempt:1"
BOUNDS: Mapping[FieldType, tuple[int, int]] = {
    FieldType.INT: (-(2**31), 2**31 - 1),
    FieldType.BIGINT: (-(2**63), 2**63 - 1),
}
_SCORE = Decimal("0.0001")
# RFC 3339 with an offset: a time of day without one is not an instant.
INSTANT_PATTERN = r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$"

_JSON_TYPES: Mapping[FieldType, str] = {
    FieldType.STRING: "string",
    FieldType.BIGINT: "integer",
    FieldType.INT: "integer",
    FieldType.BOOLEAN: "boolean",
    FieldType.TIMESTAMP: "string",
    FieldType.SCORE: "number",
}


def json_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of one canonical attempt."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Attempt",
        "description": "One authorisation message. A field that is not known is null or left out, never guessed.",
        "type": "object",
        "properties": {field.name: _property(field) for field in FIELDS},
        "required": list(REQUIRED),
        "additionalProperties": False,
    }


def schema_text() -> str:
    """Return the published file, byte for byte."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _property(field: Field) -> dict[str, object]:
    schema: dict[str, object] = {"description": field.meaning}
    json_type = _JSON_TYPES[field.type]
    schema["type"] = json_type if field.required else [json_type, "null"]
    if field.values is not None:
        members: list[str | None] = [member.value for member in field.values]
        schema["enum"] = members if field.required else [*members, None]
    if field.type is FieldType.TIMESTAMP:
        schema |= {"format": "date-time", "pattern": INSTANT_PATTERN}
    elif field.pattern is not None:
        schema["pattern"] = f"^(?:{field.pattern})$"
    elif field.required and field.type is FieldType.STRING and field.values is None:
        schema["minLength"] = 1
    low, high = BOUNDS.get(field.type, (None, None))
    if field.minimum is not None:
        low = field.minimum
    if field.maximum is not None:
        high = field.maximum
    return schema | {key: bound for key, bound in (("minimum", low), ("maximum", high)) if bound is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One authorisation message; None is unknown."""

    transaction_id: str
    payment_id: str | None = None
    payment_key: str | None = None
    payment_window_seconds: int | None = None
    attempt_number: int | None = None
    merchant_id: str | None = None
    cardholder_id: str | None = None
    card_token_id: str | None = None
    amount_minor: int
    currency: str
    installments: int | None = None
    event_timestamp: datetime
    updated_at: datetime | None = None
    processing_time_ms: int | None = None
    result: AttemptResult
    declined_by: DeclinedBy | None = None
    decline_code_raw: str | None = None
    decline_reason: str | None = None
    merchant_advice_code: str | None = None
    merchant_response_code: str | None = None
    is_verification: bool | None = None
    is_test: bool | None = None
    fraud_reported_at: datetime | None = None
    psp_fee_minor: int | None = None
    card_network: CardNetwork | None = None
    card_bin: str | None = None
    card_last4: str | None = None
    payment_method_type: PaymentMethodType | None = None
    issuer: str | None = None
    issuer_country: str | None = None
    wallet: str | None = None
    psp: str | None = None
    geo_country: str | None = None
    merchant_country: str | None = None
    merchant_segment: str | None = None
    mcc: str | None = None
    entry_system: EntrySystem | None = None
    flow_type: str | None = None
    transaction_stage: str | None = None
    entry_mode: str | None = None
    payment_solution: str | None = None
    initiator: Initiator | None = None
    is_recurring: bool | None = None
    is_retry: bool | None = None
    retry_count: int | None = None
    device_type: str | None = None
    device_fingerprint: str | None = None
    ip_address: str | None = None
    uses_3ds: bool | None = None
    three_ds_routed: bool | None = None
    three_ds_friction: bool | None = None
    three_ds_authenticated: bool | None = None
    three_ds_version: str | None = None
    three_ds_trans_status: TransStatus | None = None
    eci: str | None = None
    sca_exemption: str | None = None
    cvv_result: str | None = None
    avs_result: str | None = None
    antifraud_used: bool | None = None
    antifraud_result: str | None = None
    vault_used: bool | None = None
    data_only_used: bool | None = None
    click_to_pay_used: bool | None = None
    idpay_invoked: bool | None = None
    idpay_success: bool | None = None
    is_network_token: bool | None = None
    has_passkey: bool | None = None
    fraud_score: Decimal | None = None
    aml_risk_score: Decimal | None = None
    device_trust_score: Decimal | None = None

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Attempt:
        """Read one attempt, for example a decoded JSON object; the first wrong field is an error that names it."""
        for name in mapping:
            if name not in FIELD_BY_NAME:
                near = get_close_matches(name, FIELD_BY_NAME, n=1)
                raise BadInput(
                    f"an attempt has no field {name!r}",
                    hint=f"did you mean {near[0]}?" if near else "leave it out; docs/schemas/attempt.schema.json",
                )
        values: dict[str, Any] = {field.name: _value(field, mapping.get(field.name)) for field in FIELDS}
        missing = [name for name in REQUIRED if values[name] is None]
        if missing:
            raise BadInput(f"required field {missing[0]} is missing", hint=f"give {', '.join(missing)}")
        currency_of(values["currency"])
        return cls(**values)


def _wrong(field: Field, value: object, wanted: str) -> BadInput:
    """Name the field and the value; what could be a card number keeps only its last four digits."""
    return BadInput(
        f"{field.name} is {mask(repr(value))}, which is not {wanted}", hint=f"{field.name}: {field.meaning}"
    )


def _value(field: Field, value: object) -> object:
    if value is None:
        return None
    return _READERS[field.type](field, value)


def _text(field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(field, value, "a string")
    if field.values is not None:
        members = {member.value: member for member in field.values}
        if value not in members:
            raise _wrong(field, value, f"one of {', '.join(members)}")
        return members[value]
    if field.pattern is not None and not re.fullmatch(field.pattern, value):
        raise _wrong(field, value, f"of the form {field.pattern}")
    if field.required and not value:
        raise _wrong(field, value, "a name")
    if holds_card_number(value):
        raise _wrong(field, value, "free of card numbers")
    return value


def _whole_number(field: Field, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(field, value, "a whole number")
    low, high = BOUNDS[field.type]
    low = low if field.minimum is None else field.minimum
    high = high if field.maximum is None else field.maximum
    if not low <= value <= high:
        raise _wrong(field, value, f"between {low} and {high}")
    return value


def _flag(field: Field, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(field, value, "true or false")
    return value


def _instant(field: Field, value: object) -> datetime:
    instant = value
    if isinstance(instant, str):
        try:
            instant = datetime.fromisoformat(instant)
        except ValueError:
            raise _wrong(field, value, "an instant such as 2026-01-31T12:00:00Z") from None
    if not isinstance(instant, datetime) or instant.utcoffset() is None:
        raise _wrong(field, value, "an instant with its offset from UTC, such as 2026-01-31T12:00:00Z")
    return instant.astimezone(UTC)


def _score(field: Field, value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _wrong(field, value, "a number")
    score = Decimal(str(value))
    if not (score.is_finite() and (field.minimum or 0) <= score <= (1 if field.maximum is None else field.maximum)):
        raise _wrong(field, value, f"between {field.minimum} and {field.maximum}")
    return score.quantize(_SCORE)


_READERS: Mapping[FieldType, Callable[[Field, object], object]] = MappingProxyType(
    {
        FieldType.STRING: _text,
        FieldType.BIGINT: _whole_number,
        FieldType.INT: _whole_number,
        FieldType.BOOLEAN: _flag,
        FieldType.TIMESTAMP: _instant,
        FieldType.SCORE: _score,
    }
)
