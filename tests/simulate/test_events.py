"""Events are canonical, consistent, and hold nothing that is not known yet."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pytest

from payment_analysis.domain.attempt import FIELDS, CardNetwork, Field, FieldType
from payment_analysis.domain.countries import region_of
from payment_analysis.domain.declines import StandardReason, classify
from payment_analysis.simulate.events import EVENT_SCHEMA, PROVENANCE

if TYPE_CHECKING:
    from tests.simulate.conftest import Told

BIN_OF = {
    "visa": r"4\d{5}",
    "mastercard": r"5[1-5]\d{4}|222[1-9]\d\d|22[3-9]\d{3}|2[3-6]\d{4}|27[01]\d{3}|2720\d\d",
    "elo": r"50[69]\d{3}|65\d{4}",
    "hipercard": r"(606282|637\d{3})\d\d",
    "amex": r"3[47]\d{4}",
}


def test_columns_are_the_canonical_ones_and_their_provenance(told: Told) -> None:
    names = [field.name for field in FIELDS] + [name for name, _ in PROVENANCE]

    assert told.batches[0].events.column_names == names == EVENT_SCHEMA.names


def test_types_are_the_canonical_ones(told: Told) -> None:
    for field in told.batches[0].events.schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        assert kind == EVENT_SCHEMA.field(field.name).type, field.name


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_value_satisfies_its_field(told: Told, field: Field) -> None:
    column = told.events[field.name]
    values = column.dropna()
    if field.required:
        assert len(values) == len(column)
    if field.values is not None:
        assert set(values) <= {member.value for member in field.values}
    if field.pattern is not None:
        assert all(re.fullmatch(field.pattern, value) for value in set(values))
    if field.minimum is not None and len(values):
        assert values.min() >= field.minimum
    if field.maximum is not None and len(values):
        assert values.max() <= field.maximum


def test_columns_that_a_world_can_know_are_filled(told: Told) -> None:
    empty = {name for name in told.events.columns if told.events[name].isna().all()}

    assert empty == {"payment_key", "payment_window_seconds", "sca_exemption", "_source_file", "_source_row"}


def test_no_value_looks_like_a_card_number(told: Told) -> None:
    strings = [field.name for field in FIELDS if field.type is FieldType.STRING]
    texts = told.events[strings].apply(lambda column: column.astype("string"))

    assert not texts.apply(lambda column: column.str.contains(r"\A\d{12,19}\Z", na=False)).to_numpy().any()


@pytest.mark.parametrize("network", BIN_OF)
def test_bins_belong_to_their_network(told: Told, network: str) -> None:
    bins = told.events.card_bin[told.events.card_network == network].unique()

    assert len(bins) > 0
    assert all(re.fullmatch(BIN_OF[network], number) for number in bins)


def test_every_code_is_known_to_its_network(told: Told) -> None:
    declined = told.attempts[told.attempts.decline_code_raw.notna()]
    kinds = declined[["card_network", "decline_code_raw", "merchant_advice_code", "issuer_country"]].drop_duplicates()
    unknown = [
        tuple(row)
        for row in kinds.itertuples(index=False)
        if not classify(
            CardNetwork(row.card_network),
            row.decline_code_raw,
            row.merchant_advice_code if isinstance(row.merchant_advice_code, str) else None,
            region_of(row.issuer_country),
            datetime(2026, 9, 1, tzinfo=UTC).date(),
        ).known
    ]

    assert unknown == []


def test_hard_funds_and_technical_codes_mean_what_the_world_meant(told: Told) -> None:
    declined = told.attempts[(told.attempts.card_network == "visa") & told.attempts.decline_code_raw.notna()]
    on = datetime(2026, 9, 1, tzinfo=UTC).date()
    means = {
        code: classify(CardNetwork.VISA, code, None, region_of("BR"), on).standard
        for code in declined.decline_code_raw.unique()
    }

    assert means["51"] is StandardReason.FUNDS_OR_LIMIT
    assert means["05"] is StandardReason.ISSUER_DO_NOT_HONOR
    assert means["54"] is StandardReason.CARD_EXPIRED
    assert means["91"] is StandardReason.ISSUER_TECHNICAL


def test_only_mastercard_advises_and_waiting_times_come_with_51(told: Told) -> None:
    advised = told.attempts[told.attempts.merchant_advice_code.notna()]
    waiting = advised[advised.merchant_advice_code.isin(["24", "25", "26", "27", "28", "29", "30"])]

    assert set(advised.card_network) == {"mastercard"}
    assert set(waiting.decline_code_raw) == {"51"}
    assert waiting.merchant_advice_code.nunique() == 7


FLAGS = {
    "3ds": "uses_3ds",
    "network_token": "is_network_token",
    "apple_pay": "is_network_token",
    "google_pay": "is_network_token",
    "passkey": "has_passkey",
}


@pytest.mark.parametrize("solution", FLAGS)
def test_a_solution_and_its_flag_agree(told: Told, solution: str) -> None:
    sent = told.attempts[(told.attempts.payment_solution == solution) & (told.attempts.result != "error")]

    assert len(sent) > 0
    assert sent[FLAGS[solution]].all()


def test_nothing_but_3ds_uses_3ds_and_nothing_but_tokens_is_a_token(told: Told) -> None:
    attempts = told.attempts

    assert set(attempts.payment_solution[attempts.uses_3ds]) == {"3ds"}
    assert set(attempts.payment_solution[attempts.is_network_token]) == {"network_token", "apple_pay", "google_pay"}
    assert (attempts.wallet.notna() == attempts.payment_solution.isin(["apple_pay", "google_pay"])).all()


def test_friction_and_status_are_there_exactly_when_3ds_was_used(told: Told) -> None:
    attempts = told.attempts

    for name in ("three_ds_friction", "three_ds_authenticated", "three_ds_trans_status", "three_ds_version"):
        assert (attempts[name].notna() == attempts.uses_3ds).all(), name


def test_an_authentication_decline_was_not_authenticated(told: Told) -> None:
    failed = told.attempts[(told.attempts.declined_by == "authentication") & told.attempts.uses_3ds]

    assert not failed.three_ds_authenticated.astype(bool).any()
    assert set(failed.three_ds_trans_status) <= {"N", "U", "C", "R"}


def test_brazilian_debit_is_always_routed_to_3ds(told: Told) -> None:
    attempts = told.attempts
    mandated = attempts[
        (attempts.payment_method_type == "debit")
        & (attempts.issuer_country == "BR")
        & (attempts.merchant_country == "BR")
        & (attempts.initiator == "cit")
        & attempts.wallet.isna()
        & ~attempts.is_verification
        & (attempts.result != "error")
    ]

    assert len(mandated) > 100
    assert mandated.three_ds_routed.all()
    assert mandated.uses_3ds.all()


def test_only_brazilian_credit_pays_in_installments(told: Told) -> None:
    split = told.attempts[told.attempts.installments > 1]

    assert set(split.issuer_country) == {"BR"}
    assert set(split.merchant_country) == {"BR"}
    assert set(split.payment_method_type) == {"credit"}


def test_money_is_in_the_currency_of_the_merchant(told: Told) -> None:
    pairs = set(zip(told.attempts.merchant_country, told.attempts.currency, strict=True))

    assert pairs == {("BR", "BRL"), ("US", "USD"), ("MX", "MXN"), ("AR", "ARS"), ("CL", "CLP")}


def test_an_approved_attempt_has_no_reason_and_a_declined_one_says_who(told: Told) -> None:
    approved = told.attempts[told.attempts.result == "approved"]
    declined = told.attempts[told.attempts.result == "declined"]

    assert approved.decline_reason.isna().all()
    assert approved.merchant_response_code.eq("00").all()
    assert declined.declined_by.notna().all()
    assert (declined.decline_code_raw.notna() == declined.declined_by.isin(["issuer", "network"])).all()


def test_a_pending_attempt_is_resolved_by_a_later_state_of_the_same_attempt(told: Told) -> None:
    pending = told.events[told.events.result == "pending"]
    states = told.events[told.events.transaction_id.isin(pending.transaction_id) & (told.events.result != "pending")]
    first = states.drop_duplicates("transaction_id").set_index("transaction_id")
    asked = pending.set_index("transaction_id")
    due = asked.index[asked.event_timestamp < told.events.event_timestamp.max() - pd.Timedelta("3h")]

    assert len(due) > 50
    assert set(due) <= set(first.index)
    assert (first.updated_at > first.event_timestamp + pd.Timedelta("30s")).all()
    assert asked.decline_reason.isna().all()


def test_fraud_is_reported_weeks_later_by_a_new_state(told: Told) -> None:
    reported = told.events[told.events.fraud_reported_at.notna()]
    delay = (reported.fraud_reported_at - reported.event_timestamp).dt.total_seconds() / 86_400

    assert len(reported) > 5
    assert (reported.updated_at == reported.fraud_reported_at).all()
    assert (reported.result == "approved").all()
    assert 8 < delay.median() < 40
    assert delay.min() > 1


def test_events_arrive_in_the_order_they_became_known(told: Told) -> None:
    known = told.events.updated_at.fillna(told.events.event_timestamp)

    assert known.is_monotonic_increasing
    assert known.max() < pd.Timestamp("2026-11-01", tz="UTC")


def test_every_event_has_its_own_key(told: Told) -> None:
    assert told.events._event_key.is_unique
    assert told.events._event_key.str.fullmatch("[0-9a-f]{32}").all()
