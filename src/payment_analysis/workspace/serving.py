"""Serving endpoints: which version answers, within which limits, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from databricks.sdk.errors import NotFound as NotThere
from databricks.sdk.service.serving import (
    AiGatewayConfig,
    AiGatewayGuardrailParameters,
    AiGatewayGuardrailPiiBehavior,
    AiGatewayGuardrailPiiBehaviorBehavior,
    AiGatewayGuardrails,
    AiGatewayRateLimit,
    AiGatewayRateLimitKey,
    AiGatewayRateLimitRenewalPeriod,
    AiGatewayUsageTrackingConfig,
    EndpointCoreConfigInput,
    ServedEntityInput,
)

from payment_analysis.workspace.connection import named_errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from databricks.sdk import WorkspaceClient


@dataclass(frozen=True, slots=True)
class Limits:
    """What an endpoint allows."""

    calls_per_user_and_minute: int
    guards_personal_data: bool = False


# Endpoint of each model, as resources/optional/payment_analysis.serving.yml has them too; a test compares the two.
ENDPOINTS: Final[Mapping[str, tuple[str, Limits]]] = {
    "approval_propensity_model": ("approval-propensity", Limits(100)),
    "risk_scoring_model": ("risk-scoring", Limits(100, guards_personal_data=True)),
    "smart_routing_policy": ("smart-routing", Limits(200)),
    "smart_retry_policy": ("smart-retry", Limits(200)),
}


class Serving:
    """The endpoints of one schema's models."""

    def __init__(self, client: WorkspaceClient, place: str) -> None:
        self._client = client
        self._place = place  # catalog.schema

    def serve(self, model: str, version: int) -> str:
        """Let a version of a model answer: a new endpoint, or the one that is there moved to it."""
        name, limits = self.endpoint_of(model), ENDPOINTS[model][1]
        entity = ServedEntityInput(
            name=f"{model}-{version}",
            entity_name=f"{self._place}.{model}",
            entity_version=str(version),
            workload_size="Small",
            scale_to_zero_enabled=True,
        )
        with named_errors(f"serving {model} version {version}"):
            try:
                self._client.serving_endpoints.get(name)
            except NotThere:
                self._client.serving_endpoints.create(
                    name,
                    config=EndpointCoreConfigInput(name=name, served_entities=[entity]),
                    ai_gateway=_gateway(limits),
                )
                return f"endpoint {name} made for version {version}"
            self._client.serving_endpoints.update_config(name, served_entities=[entity])
            return f"endpoint {name} moves to version {version}"

    def endpoint_of(self, model: str) -> str:
        """The endpoint that serves a model, whatever the target put before its name."""
        wanted = ENDPOINTS[model][0]
        with named_errors("listing serving endpoints"):
            names = [str(one.name) for one in self._client.serving_endpoints.list()]
        return next((name for name in names if name == wanted or name.endswith(f"_{wanted}")), wanted)

    def states(self) -> dict[str, str]:
        """Whether each endpoint that exists is ready, by its name."""
        with named_errors("listing serving endpoints"):
            return {
                str(one.name): one.state.ready.value if one.state and one.state.ready else "NOT_READY"
                for one in self._client.serving_endpoints.list()
            }

    def ask(self, model: str, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The predictions for rows."""
        with named_errors(f"asking {model}"):
            answer = self._client.serving_endpoints.query(
                self.endpoint_of(model), dataframe_records=[dict(row) for row in rows]
            )
        return list(answer.predictions or [])


def _gateway(limits: Limits) -> AiGatewayConfig:
    def pii(behavior: AiGatewayGuardrailPiiBehaviorBehavior) -> AiGatewayGuardrailParameters:
        return AiGatewayGuardrailParameters(pii=AiGatewayGuardrailPiiBehavior(behavior=behavior))

    behaviors = AiGatewayGuardrailPiiBehaviorBehavior
    guards = AiGatewayGuardrails(input=pii(behaviors.BLOCK), output=pii(behaviors.MASK))
    return AiGatewayConfig(
        usage_tracking_config=AiGatewayUsageTrackingConfig(enabled=True),
        guardrails=guards if limits.guards_personal_data else None,
        rate_limits=[
            AiGatewayRateLimit(
                key=AiGatewayRateLimitKey.USER,
                renewal_period=AiGatewayRateLimitRenewalPeriod.MINUTE,
                calls=limits.calls_per_user_and_minute,
            )
        ],
    )
