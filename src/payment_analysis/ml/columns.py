"""Columns of an attempt as a model may and may not see them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SILVER: Final = "payments_enriched_silver"

# The vector of the documents' own test inference, in its order: [[199.99, 0.15, 0.92, 0, 0, 1]].
DOCUMENT_COLUMNS: Final = (
    "amount",
    "fraud_score",
    "device_trust_score",
    "is_cross_border",
    "retry_count",
    "uses_3ds",
)

# Known only after somebody answered: to read one of these is to read the answer sheet.
FORBIDDEN: Mapping[str, str] = MappingProxyType(
    {
        "result": "the answer",
        "is_approved": "the answer",
        "approval_rate_pct": "the answer",
        "is_authorization": "depends on who declined",
        "is_blocked": "depends on who declined",
        "declined_by": "why it was declined",
        "declined_by_resolved": "why it was declined",
        "decline_code_raw": "why it was declined",
        "decline_reason": "why it was declined",
        "decline_reason_detail": "why it was declined",
        "decline_reason_standard": "why it was declined",
        "decline_reason_group": "why it was declined",
        "decline_fault": "why it was declined",
        "decline_source_note": "why it was declined",
        "is_retryable": "why it was declined",
        "earliest_retry_seconds": "why it was declined",
        "recommended_action": "why it was declined",
        "merchant_advice_code": "comes with the answer",
        "merchant_response_code": "comes with the answer",
        "processing_time_ms": "measured when the answer came",
        "psp_fee_minor": "differs between approved and declined",
        "transaction_stage": "downstream_response tells that a cascade followed a decline",
        "fraud_reported_at": "weeks later",
        "updated_at": "only a revised answer has one",
        "_ingested_at": "after the answer",
        "_processed_at": "after the answer",
        "_event_key": "a fingerprint of the row, its answer included",
        "three_ds_friction": "result of the authentication that is being decided",
        "three_ds_authenticated": "result of the authentication that is being decided",
        "three_ds_trans_status": "result of the authentication that is being decided",
        "three_ds_version": "there only once the authentication was answered",
        "eci": "comes with the answer",
        "idpay_success": "result of the authentication that is being decided",
        "antifraud_result": "fail is itself a decline",
        "cvv_result": "comes with the answer",
        "avs_result": "comes with the answer",
        "service_path": "holds the antifraud result and the friction",
    }
)

NUMBERS: Final = (
    "amount",
    "fraud_score",
    "aml_risk_score",
    "device_trust_score",
    "installments",
    "retry_count",
    "attempt_number",
)
FLAGS: Final = (
    "is_cross_border",
    "is_recurring",
    "uses_3ds",
    "three_ds_routed",
    "is_network_token",
    "has_passkey",
    "data_only_used",
    "antifraud_used",
    "vault_used",
    "click_to_pay_used",
    "idpay_invoked",
)
WORDS: Final = (
    "currency",
    "merchant_id",
    "merchant_segment",
    "merchant_risk_tier",
    "merchant_country",
    "geo_country",
    "entry_system",
    "flow_type",
    "entry_mode",
    "initiator",
    "card_network",
    "payment_method_type",
    "issuer",
    "issuer_country",
    "wallet",
    "device_type",
    "sca_exemption",
    "payment_solution",
)
ROUTE: Final = "psp"
TIME: Final = "event_timestamp"
KEYS: Final = ("card_token_id", "payment_id", "merchant_id", "issuer", "psp", "device_fingerprint", "ip_address")
HISTORY_ONLY: Final = (  # read from earlier attempts, never from the attempt itself
    "is_approved",
    "processing_time_ms",
    "updated_at",
    "fraud_reported_at",
    "decline_reason_detail",
    "merchant_advice_code",
    "is_retryable",
    "earliest_retry_seconds",
)
RAW: Final = tuple(dict.fromkeys((*NUMBERS, *FLAGS, *WORDS, ROUTE, TIME, *KEYS)))
