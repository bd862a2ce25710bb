"""What the four models of the documents are called, and what is known of them without loading any."""

from __future__ import annotations

from typing import Final

APPROVAL: Final = "approval_propensity_model"
RISK: Final = "risk_scoring_model"
ROUTING: Final = "smart_routing_policy"
RETRY: Final = "smart_retry_policy"
MODEL_NAMES: Final = (APPROVAL, RISK, ROUTING, RETRY)

HOUR_S: Final = 3_600
WAITS_SECONDS: Final = (
    1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800, 259_200, 432_000, 604_800, 864_000, 1_209_600,
)  # fmt: skip
# What a decline leaves behind for the try after it; everything else of the past would be as old as the wait.
SEEN: Final = frozenset(
    {
        "amount_log", "amount_over_usual", "fraud_score", "installments", "retry_count", "is_recurring",
        "is_cross_border", "uses_3ds", "is_network_token", "hour", "weekday", "day_of_month", "payment_hours_since",
        "payment_tries", "card_amount_approved_mean", "amount_over_approved_max", "card_approved_30d", "currency",
        "merchant_segment", "initiator",
        "card_network", "payment_method_type", "issuer", "issuer_country", "previous_reason",
    }
)  # fmt: skip
