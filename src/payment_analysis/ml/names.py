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
