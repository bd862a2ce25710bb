"""A payment that is decided about, as the models know attempts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from payment_analysis.domain.money import exponent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.decisioning.context import Context


def raw_attempt(context: Context, known: Mapping[str, Any]) -> dict[str, Any]:
    """The payment as the columns of an attempt, with what is known of its past."""
    crosses = (
        None
        if context.issuer_country is None or context.merchant_country is None
        else float(context.issuer_country != context.merchant_country)
    )
    made = context.attempts_made
    return {
        "amount": context.amount_minor / 10 ** exponent(context.currency),
        "fraud_score": context.risk_score,
        "aml_risk_score": context.aml_risk_score,
        "device_trust_score": context.device_trust_score,
        "installments": context.installments,
        "retry_count": float(made),
        "attempt_number": float(made + 1),
        "is_cross_border": crosses,
        "is_recurring": float(context.is_recurring),
        "currency": context.currency,
        "merchant_id": context.merchant_id,
        "merchant_segment": context.merchant_segment,
        "merchant_country": context.merchant_country,
        "geo_country": context.geo_country,
        "entry_system": context.entry_system,
        "flow_type": context.flow_type,
        "entry_mode": context.entry_mode,
        "initiator": context.initiator,
        "card_network": context.network,
        "payment_method_type": context.payment_method_type,
        "issuer": context.issuer,
        "issuer_country": context.issuer_country,
        "wallet": context.wallet,
        "device_type": context.device_type,
        "has_passkey": float(context.supports_passkey),
        "event_timestamp": context.at,
        "payment_tries": float(made) if made else math.nan,
        **known,
    }
