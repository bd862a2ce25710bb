"""The attempt as a contract: the published JSON Schema and the typed record agree with FIELDS and with each other."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_type_hints

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payment_analysis.domain import attempt_schema
from payment_analysis.domain.attempt import FIELDS, REQUIRED, AttemptResult, CardNetwork, Field, FieldType, TransStatus
from payment_analysis.domain.attempt_schema import Attempt, json_schema, schema_text
from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

VALIDATOR = jsonschema.Draft202012Validator(json_schema())
PYTHON_TYPES: dict[FieldType, type] = {
    FieldType.STRING: str,
    FieldType.BIGINT: int,
    FieldType.INT: int,
    FieldType.BOOLEAN: bool,
    FieldType.TIMESTAMP: datetime,
    FieldType.SCORE: Decimal,
}
SMALLEST: dict[str, object] = {
    "transaction_id": "t-1",
    "amount_minor": 1999,
    "currency": "EUR",
    "event_timestamp": "2026-03-01T12:00:00Z",
    "result": "approved",
}
DECLINED = SMALLEST | {
    "result": "declined",
    "declined_by": "issuer",
    "decline_code_raw": "51",
    "merchant_advice_code": "24",
    "card_network": "mastercard",
    "card_bin": "52000000",
    "card_last4": "0007",
    "issuer_country": "BR",
    "three_ds_trans_status": "Y",
    "is_retry": False,
    "fraud_score": 0.125,
    "installments": 10,
    "psp": None,
}

# field, value, what the message says
WRONG: list[tuple[str, object, str]] = [
    ("transaction_id", "", "transaction_id is ''"),
    ("transaction_id", 7, "transaction_id is 7, which is not a string"),
    ("amount_minor", -1, "amount_minor is -1, which is not between 0 and 9223372036854775807"),
    ("amount_minor", 19.99, "amount_minor is 19.99, which is not a whole number"),
    ("amount_minor", True, "amount_minor is True, which is not a whole number"),
    ("amount_minor", 2**63, "amount_minor is ********5808"),
    ("currency", "eur", "currency is 'eur', which is not of the form [A-Z]{3}"),
    ("event_timestamp", "2026-03-01T12:00:00", "event_timestamp is '2026-03-01T12:00:00'"),
    ("event_timestamp", "yesterday", "event_timestamp is 'yesterday'"),
    ("event_timestamp", 1772366400, "event_timestamp is 1772366400"),
    ("result", "APPROVED", "result is 'APPROVED', which is not one of approved, declined, pending, error"),
    ("card_network", "Visa", "card_network is 'Visa', which is not one of visa, mastercard"),
    ("card_last4", "123", "card_last4 is '123'"),
    ("installments", 100, "installments is 100, which is not between 1 and 99"),
    ("is_test", "false", "is_test is 'false', which is not true or false"),
    ("fraud_score", 1.5, "fraud_score is 1.5, which is not between 0 and 1"),
    ("fraud_score", "0.5", "fraud_score is '0.5', which is not a number"),
    ("fraud_score", False, "fraud_score is False, which is not a number"),
]


def test_the_published_schema_is_the_one_the_code_makes(repository: Path) -> None:
    published = (repository / "docs/schemas/attempt.schema.json").read_text(encoding="utf-8")

    assert published == schema_text(), "run: python scripts/make_attempt_schema.py"


def test_the_schema_is_a_valid_schema_with_every_field_described() -> None:
    schema: Any = json_schema()

    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == [field.name for field in FIELDS]
    assert schema["required"] == list(REQUIRED)
    assert all(schema["properties"][field.name]["description"] == field.meaning for field in FIELDS)
    assert schema["properties"]["card_network"]["enum"] == [*map(str, CardNetwork), None]


@pytest.mark.parametrize("attempt", [SMALLEST, DECLINED], ids=["smallest", "declined"])
def test_good_attempts_are_good_for_the_schema_and_for_the_record(attempt: dict[str, object]) -> None:
    VALIDATOR.validate(attempt)

    record = Attempt.from_mapping(attempt)

    assert (record.transaction_id, record.amount_minor) == ("t-1", 1999)


@pytest.mark.parametrize(("field", "value", "message"), WRONG, ids=lambda value: str(value)[:20])
def test_a_wrong_value_is_wrong_for_both_and_named(field: str, value: object, message: str) -> None:
    attempt = SMALLEST | {field: value}

    assert not VALIDATOR.is_valid(attempt)
    with pytest.raises(BadInput, match=re.escape(message)) as raised:
        Attempt.from_mapping(attempt)
    assert raised.value.hint.startswith(f"{field}: ")


@pytest.mark.parametrize("field", REQUIRED)
def test_a_missing_required_field_is_wrong_for_both_and_named(field: str) -> None:
    for attempt in ({name: SMALLEST[name] for name in SMALLEST if name != field}, SMALLEST | {field: None}):
        assert not VALIDATOR.is_valid(attempt)
        with pytest.raises(BadInput, match=f"required field {field} is missing"):
            Attempt.from_mapping(attempt)


def test_an_unknown_field_is_wrong_for_both_and_the_near_name_is_offered() -> None:
    attempt = SMALLEST | {"card_netwrok": "visa"}

    assert not VALIDATOR.is_valid(attempt)
    with pytest.raises(BadInput, match="no field 'card_netwrok'") as raised:
        Attempt.from_mapping(attempt)
    assert raised.value.hint == "did you mean card_network?"


def test_a_currency_that_does_not_exist_is_refused_by_the_record() -> None:
    with pytest.raises(BadInput, match="'EUX' is not an ISO 4217 code"):
        Attempt.from_mapping(SMALLEST | {"currency": "EUX"})


@pytest.mark.parametrize("field", ["card_bin", "card_token_id", "cardholder_id"])
@pytest.mark.parametrize("spaced", [True, False], ids=["spaced", "plain"])
def test_a_card_number_is_refused_everywhere_and_never_repeated(field: str, *, spaced: bool) -> None:
    number = "4" + "1" * 15
    written = " ".join(number[start : start + 4] for start in range(0, 16, 4)) if spaced else number

    with pytest.raises(BadInput, match=f"{field} is '") as raised:
        Attempt.from_mapping(SMALLEST | {field: written})

    assert written not in raised.value.message
    assert "********" in raised.value.message


def test_the_record_has_the_fields_of_the_attempt_in_name_order_and_type() -> None:
    hints = get_type_hints(Attempt, vars(attempt_schema) | {"datetime": datetime})

    assert [field.name for field in dataclasses.fields(Attempt)] == [field.name for field in FIELDS]
    for field in FIELDS:
        of_type = field.values or PYTHON_TYPES[field.type]
        assert hints[field.name] == (of_type if field.required else of_type | None), field.name


def test_the_record_speaks_in_types() -> None:
    record = Attempt.from_mapping(DECLINED | {"event_timestamp": "2026-03-01T09:00:00.123456-03:00"})

    assert record.result is AttemptResult.DECLINED
    assert record.card_network is CardNetwork.MASTERCARD
    assert record.three_ds_trans_status is TransStatus.Y
    assert record.event_timestamp == datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
    assert record.event_timestamp.tzinfo is UTC
    assert (record.fraud_score, record.psp, record.wallet) == (Decimal("0.1250"), None, None)


def values_of(field: Field) -> st.SearchStrategy[object]:
    """Values as JSON carries them."""
    if field.values is not None:
        return st.sampled_from([member.value for member in field.values])
    if field.name == "currency":
        return st.sampled_from(["EUR", "JPY", "KWD", "BRL"])
    if field.pattern is not None:
        return st.from_regex(field.pattern, fullmatch=True)
    low, high = field.minimum, field.maximum
    by_type: dict[FieldType, st.SearchStrategy[object]] = {
        FieldType.STRING: st.text(min_size=1, max_size=20),
        FieldType.BIGINT: st.integers(-(2**63) if low is None else low, 2**63 - 1),
        FieldType.INT: st.integers(-(2**31) if low is None else low, high or 2**31 - 1),
        FieldType.BOOLEAN: st.booleans(),
        FieldType.TIMESTAMP: st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - made UTC
            lambda moment: moment.replace(tzinfo=UTC).isoformat()
        ),
        FieldType.SCORE: st.floats(0, 1),
    }
    return by_type[field.type]


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])  # 70 fields at a time
@given(
    st.fixed_dictionaries(
        {field.name: values_of(field) for field in FIELDS if field.required},
        optional={field.name: st.none() | values_of(field) for field in FIELDS if not field.required},
    )
)
def test_whatever_the_schema_accepts_becomes_a_record(attempt: dict[str, object]) -> None:
    VALIDATOR.validate(json.loads(json.dumps(attempt)))

    record = Attempt.from_mapping(attempt)

    for name in ("transaction_id", "amount_minor", "currency", "result", "card_bin", "is_test"):
        assert getattr(record, name) == attempt.get(name)
