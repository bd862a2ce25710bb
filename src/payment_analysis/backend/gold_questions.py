"""Which address answers from which gold view: a table. What a row looks like is told by the view's own definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field, create_model

from payment_analysis.backend.data_state import Sourced
from payment_analysis.backend.row_models import row_model
from payment_analysis.lakehouse.table import load_tables

if TYPE_CHECKING:
    from payment_analysis.lakehouse.table import Table

ROWS: Final = 200
ROWS_MAX: Final = 2000


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """One address: the view behind it, and which rows come first; equal ones are in the order of the view's grain."""

    path: str
    operation_id: str
    view: str
    first: str = ""
    rows: int = ROWS


GOLD_QUESTIONS: Final = (
    GoldQuestion("/kpis/databricks", "getDatabricksKpis", "v_executive_kpis"),
    GoldQuestion("/metric-bridge", "getMetricBridge", "v_metric_bridge", "step_number"),
    GoldQuestion("/trends", "getApprovalTrends", "v_approval_trends_hourly", rows=2000),
    GoldQuestion("/trends/by-second", "getApprovalTrendsBySecond", "v_approval_trends_by_second", rows=2000),
    GoldQuestion("/daily-trends", "getDailyTrends", "v_daily_trends", rows=2000),
    GoldQuestion("/control-band", "getControlBand", "v_control_band", "window_start desc"),
    GoldQuestion("/last-hour", "getLastHourPerformance", "v_last_hour_performance"),
    GoldQuestion("/last-60-seconds", "getLast60SecondsPerformance", "v_last_60_seconds_performance"),
    GoldQuestion("/streaming-tps", "getStreamingTps", "v_streaming_volume_per_second", rows=2000),
    GoldQuestion("/streaming-metrics", "getStreamingMetrics", "payments_stream_metrics_1min", "window_start desc"),
    GoldQuestion("/active-alerts", "getActiveAlerts", "v_active_alerts", "last_detected desc"),
    GoldQuestion("/geography", "getGeography", "v_performance_by_geography", "transaction_count desc"),
    GoldQuestion("/solutions", "getSolutionPerformance", "v_solution_performance", "transaction_count desc"),
    GoldQuestion(
        "/card-network-performance", "getCardNetworkPerformance", "v_card_network_performance", "transaction_count desc"
    ),
    GoldQuestion(
        "/merchant-segment-performance",
        "getMerchantSegmentPerformance",
        "v_merchant_segment_performance",
        "transaction_count desc",
    ),
    GoldQuestion("/psp-performance", "getPspPerformance", "v_psp_performance", "transaction_count desc"),
    GoldQuestion("/issuer-performance", "getIssuerPerformance", "v_issuer_performance", "transaction_count desc"),
    GoldQuestion("/bin-performance", "getBinPerformance", "v_bin_performance", "transaction_count desc"),
    GoldQuestion("/fraud-risk", "getFraudRisk", "v_fraud_risk_summary", "transaction_count desc"),
    GoldQuestion("/token-uplift", "getTokenUplift", "v_token_uplift"),
    GoldQuestion("/declines/summary", "declineSummary", "v_top_decline_reasons", "decline_count desc"),
    GoldQuestion("/declines/databricks", "getDatabricksDeclines", "v_top_decline_reasons", "decline_count desc"),
    GoldQuestion("/declines/faults", "getFaultAttribution", "v_fault_attribution", "decline_count desc"),
    GoldQuestion(
        "/declines/recovery-opportunities",
        "getDeclineRecoveryOpportunities",
        "v_decline_recovery_opportunities",
        "estimated_recovery_value desc nulls last",
    ),
    GoldQuestion("/recommendations", "getRecommendations", "v_recommendations_from_lakehouse", "score desc nulls last"),
    GoldQuestion(
        "/recommendations/by-cohort",
        "getRecommendationsByCohort",
        "v_recommendations",
        "priority, estimated_recovery_value desc nulls last",
    ),
    GoldQuestion("/reason-codes", "getReasonCodes", "v_reason_codes_br", "decline_count desc"),
    GoldQuestion(
        "/reason-codes/insights",
        "getReasonCodeInsights",
        "v_reason_code_insights_br",
        "priority, estimated_recoverable_value desc nulls last",
    ),
    GoldQuestion(
        "/factors-delaying-approval",
        "getFactorsDelayingApproval",
        "v_reason_code_insights_br",
        "estimated_recoverable_value desc nulls last",
        10,
    ),
    GoldQuestion(
        "/reason-codes/entry-systems",
        "getEntrySystemDistribution",
        "v_entry_system_distribution_br",
        "transaction_count desc",
    ),
    GoldQuestion("/reason-codes/dedup-collisions", "getDedupCollisionStats", "v_dedup_collision_stats"),
    GoldQuestion("/insights/false-insights", "getFalseInsightsMetric", "v_false_insights_metric"),
    GoldQuestion(
        "/smart-checkout/service-paths",
        "getSmartCheckoutServicePaths",
        "v_smart_checkout_service_path_br",
        "transaction_count desc",
    ),
    GoldQuestion(
        "/smart-checkout/path-performance",
        "getSmartCheckoutPathPerformance",
        "v_smart_checkout_path_performance_br",
        "transaction_count desc",
    ),
    GoldQuestion("/smart-checkout/3ds-funnel", "getThreeDsFunnel", "v_3ds_funnel_br"),
    GoldQuestion("/retry/performance", "getRetryPerformance", "v_retry_performance", "retry_attempts desc"),
    GoldQuestion("/retry/by-reason", "getRetrySuccessByReason", "v_retry_success_by_reason", "retry_attempts desc"),
    GoldQuestion("/retry/chains", "getRetryChains", "v_retry_chains"),
    GoldQuestion("/retry/compliance", "getRetryCompliance", "v_retry_compliance", "attempts_over desc"),
    GoldQuestion("/online-features", "getOnlineFeatures", "v_online_features_latest", "created_at desc"),
    GoldQuestion("/data-quality", "getDataQualitySummary", "v_data_quality_summary"),
    GoldQuestion("/data-quality/tables", "getTableQuality", "v_uc_data_quality_metrics"),
    GoldQuestion("/dimension-coverage", "getDimensionCoverage", "v_dimension_coverage"),
)


def sql_of(question: GoldQuestion) -> str:
    """The SQL behind an address, every row in a place of its own."""
    order = ", ".join([*filter(None, [question.first]), *definition_of(question).grain])
    return f"select * from {question.view}{f' order by {order}' if order else ''} limit :at_most"


def definition_of(question: GoldQuestion) -> Table:
    """The view behind an address."""
    return load_tables()[question.view]


def answer_model(question: GoldQuestion) -> type[Sourced]:
    """The shape of the answer, made from the columns of the view: what they mean is written there and only there."""
    name = "".join(part.title() for part in question.view.removeprefix("v_").split("_"))
    row = row_model(question.view, f"{name}Row")
    title = question.operation_id.removeprefix("get")
    rows: Any = (list[row], Field(description="The rows, in the order that the address promises."))  # type: ignore[valid-type] # a model made from a definition
    return create_model(f"{title[0].upper()}{title[1:]}Answer", __base__=Sourced, rows=rows)
