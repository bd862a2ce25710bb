"""Adyen's received payment details report (CSV): one row per payment attempt that Adyen received.

A shopper who tries again gives a new Psp Reference under the same Merchant Reference. The words are in `adyen_words`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.errors import BadFile
from payment_analysis.domain.quarantine import Reason
from payment_analysis.ingest import adyen_words as words
from payment_analysis.ingest.plan import AMOUNT, Given, Plan, RowFault, cases, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.ingest.csv_rows import Header
    from payment_analysis.ingest.plan import Raw

_REQUIRED = ("Psp Reference", "Creation Date", "TimeZone", "Currency", "Amount")
_OUTCOME = ("Acquirer Response", "Type")  # where the report has no response column, its Type says the same
_DIRECT: dict[str, tuple[str, Mapping[str, str]]] = {
    "transaction_id": ("Psp Reference", {}),
    "merchant_id": ("Merchant Account", {}),
    "cardholder_id": ("Shopper Reference", {}),
    AMOUNT: ("Amount", {}),
    "currency": ("Currency", {}),
    "issuer_country": ("Issuer Country", {}),
    "geo_country": ("Shopper Country", {}),
    "entry_mode": ("Shopper Interaction", words.ENTRY_MODES),
    "initiator": ("Shopper Interaction", words.INITIATORS),
    "is_recurring": ("Shopper Interaction", words.RECURRING),
    "uses_3ds": ("3D Directory Response", words.USED_3DS),
    "three_ds_trans_status": ("3D Authentication Response", words.TRANS_STATUS),
    "three_ds_authenticated": ("3D Authentication Response", words.AUTHENTICATED),
    "cvv_result": ("CVC2 Response", {}),
    "avs_result": ("AVS Response", {}),
}
_OTHERS = (
    "Payment Method",
    "Payment Method Variant",
    "Merchant Reference",
    "Issuer Name",
    "Issuer Id",
    "Raw Acquirer Response",
)
COLUMNS = (*_REQUIRED, *_OUTCOME, *(column for column, _ in _DIRECT.values()), *_OTHERS)
_CODE = "^ *([0-9A-Za-z]{1,3}) *:"  # 51 : Insufficient funds


def plan(name: str, header: Header, raw: Raw) -> Plan:
    """The plan for the report."""
    found = {wanted: header.named(wanted) for wanted in COLUMNS}
    sql = {wanted: raw.columns[column] for wanted, column in found.items() if column is not None}
    outcome = next((column for column in _OUTCOME if column in sql), None)
    missing = [column for column in _REQUIRED if column not in sql] + ([] if outcome else [_OUTCOME[0]])
    if missing:
        raise BadFile(
            f"{name} has no column {', '.join(map(repr, missing))}",
            hint="export the received payment details report with it",
        )
    assert outcome is not None
    given = {
        target: Given(_said(sql[column], meant), column) if meant else Given(sql[column], column)
        for target, (column, meant) in _DIRECT.items()
        if column in sql
    }
    given |= _computed(sql, outcome)
    method = f"lower(trim({sql['Payment Method']}))" if "Payment Method" in sql else "''"
    no_card = f"{one_of(method, words.NOT_CARDS)} or starts_with({method}, 'klarna')"
    fault = RowFault(Reason.NOT_A_CARD, no_card, "Payment Method", method)
    return Plan("adyen", given, faults=(fault,), scanned=dict(raw.columns))


def _said(sql: str, meant: Mapping[str, str]) -> str:
    """What a column says of one field; it says several things at once, so a word about another is no value."""
    return cases(f"lower(trim({sql}))", meant)


def _ending(sql: str, meant: Mapping[str, str]) -> str:
    listed = " ".join(f"when ends_with(lower(trim({sql})), '{end}') then '{ours}'" for end, ours in meant.items())
    return f"case {listed} end"


def _computed(sql: Mapping[str, str], outcome: str) -> dict[str, Given]:
    response = f"lower(trim({sql[outcome]}))"
    no = f"coalesce({cases(response, words.RESULTS)}, '') <> 'approved'"
    zone = f"trim({sql['TimeZone']})"
    offset = f"coalesce({cases(f'upper({zone})', words.OFFSETS)}, ' ' || nullif({zone}, ''), ' without time zone')"
    stamp = f"trim({sql['Creation Date']}) || {offset}"
    answer = sql.get("Raw Acquirer Response", "''")
    said = f"coalesce(nullif(trim(regexp_replace({answer}, '^[^:]*:', '')), ''), {sql[outcome]})"
    source = "Raw Acquirer Response" if "Raw Acquirer Response" in sql else outcome
    given = {
        "psp": Given("'adyen'", "constant"),
        "event_timestamp": Given(stamp, "Creation Date with TimeZone"),
        "payment_id": Given(_first(sql, "Merchant Reference", "Psp Reference"), "Merchant Reference"),
        "result": Given(sql[outcome], outcome, words.RESULTS),
        "declined_by": Given(f"case when {no} then {_decided_by(response, answer)} end", outcome),
        "decline_code_raw": Given(f"case when {no} then regexp_extract({answer}, '{_CODE}', 1) end", source),
        "decline_reason": Given(f"case when {no} then {said} end", source),
    }
    if "Issuer Name" in sql or "Issuer Id" in sql:
        given["issuer"] = Given(_first(sql, "Issuer Name", "Issuer Id"), "Issuer Name")
    if method := sql.get("Payment Method"):
        given["card_network"] = Given(method, "Payment Method", words.NETWORKS)
    if variant := sql.get("Payment Method Variant"):
        given["payment_method_type"] = Given(_ending(variant, words.FUNDING_ENDINGS), "Payment Method Variant")
        given["wallet"] = Given(_ending(variant, words.WALLET_ENDINGS), "Payment Method Variant")
    return given


def _decided_by(response: str, answer: str) -> str:
    """The word tells it, and a numeric response code comes from the issuer."""
    issuer = f"case when regexp_matches({answer}, '{_CODE}') then 'issuer' end"
    return f"coalesce({cases(response, words.DECLINED_BY)}, {issuer})"


def _first(sql: Mapping[str, str], *columns: str) -> str:
    listed = ", ".join(f"nullif(trim({sql[column]}), '')" for column in columns if column in sql)
    return f"coalesce({listed})"
