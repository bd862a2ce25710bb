"""Five tools that gather others under a mode: fewer names for a model to choose from, the same answers."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.agents.tool import Argument, Tool, tool_named

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Analysis:
    """A tool that answers as one of several others, which the mode names; those take their defaults."""

    name: str
    description: str
    modes: Mapping[str, str]

    @property
    def mode(self) -> Argument:
        meaning = "; ".join(f"{mode}: {tool_named(name).description}" for mode, name in self.modes.items())
        return Argument("mode", "string", meaning, required=True, default=None, values=tuple(self.modes))

    def tool(self, mode: str) -> Tool:
        """The tool behind a mode."""
        return tool_named(self.modes[mode])


ANALYSES: Final[Mapping[str, Analysis]] = MappingProxyType(
    {
        one.name: one
        for one in (
            Analysis(
                "analyze_declines",
                "Declines: their reasons, segments, and who can change them.",
                {
                    "trends": "get_decline_trends",
                    "segments": "get_decline_by_segment",
                    "fault": "get_fault_attribution",
                },
            ),
            Analysis(
                "analyze_routing",
                "Routing: solutions, providers, and issuers that do better on another route.",
                {
                    "routes": "get_route_performance",
                    "providers": "get_provider_performance",
                    "gaps": "get_issuer_route_gaps",
                    "costs": "get_cost_per_approval",
                },
            ),
            Analysis(
                "analyze_retry",
                "Retries: what they win back, when, and which rules they break.",
                {
                    "success": "get_retry_success_rates",
                    "waits": "get_retry_waits",
                    "opportunities": "get_recovery_opportunities",
                    "compliance": "get_retry_compliance",
                },
            ),
            Analysis(
                "analyze_risk",
                "Risk: tiers, risky attempts, bursts of cards, fraud and what authentication costs.",
                {
                    "distribution": "get_risk_distribution",
                    "transactions": "get_high_risk_transactions",
                    "bursts": "get_card_bursts",
                    "segments": "get_fraud_by_segment",
                    "authentication": "get_authentication_tradeoff",
                },
            ),
            Analysis(
                "analyze_performance",
                "Performance: headline figures, trend, and what lies below its target.",
                {
                    "summary": "get_kpi_summary",
                    "opportunities": "get_optimization_opportunities",
                    "trend": "get_trend_analysis",
                    "alerts": "get_active_alerts",
                },
            ),
        )
    }
)
