"""From rows to findings: what each tool's answer means, in templates over its figures."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.agents import advice_health
from payment_analysis.agents.advice_causes import of_diagnosis
from payment_analysis.agents.finding import Evidence, Finding, Proposal
from payment_analysis.agents.trial import trial
from payment_analysis.decisioning.actions import ActionKind
from payment_analysis.decisioning.fields import Decision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from payment_analysis.agents.toolbox import Answer

TOLD_MAX: Final = 3  # findings of one answer: a list is no advice
WEEK_DAYS: Final = 7
# The shortest wait of each class of get_retry_waits, seconds; an experiment can only make a retry wait longer.
LEAST_WAITS: Final = MappingProxyType(
    {"1 to 24 h": 3_600, "1 to 3 days": 86_400, "3 to 7 days": 259_200, "7 days or more": 604_800}
)
RAW: Final = "Raw rates: the parts may have seen different payments, so try it on a part of the traffic first."


def findings_of(agent: str, answer: Answer) -> list[Finding]:
    """What an answer says; nothing when it says nothing worth a sentence."""
    reader = READERS.get(answer.tool)
    return [] if reader is None else reader(agent, answer)


def _gaps(agent: str, answer: Answer) -> list[Finding]:
    return [
        Finding(
            agent,
            f"{row['issuer']} approves {row['gap_pp']:.1f} points less on {row['psp']} "
            f"({row['approval_rate_pct']:.1f} %)"
            f" than on {row['better_psp']} ({row['better_rate_pct']:.1f} %), over {row['answers']:,} first attempts.",
            slice={"issuer": row["issuer"], "psp": row["psp"]},
            effect_pp=row["gap_pp"],
            low_pp=row["gap_low_pp"],
            high_pp=row["gap_high_pp"],
            attempts=row["answers"],
            value_per_day=row["value_per_day"],
            confidence=0.8 if row["z"] >= 6 else 0.6,
            effort="low",
            evidence=(Evidence.of(answer),),
            caveats=(RAW,),
            action=f"Send first attempts of {row['issuer']} to {row['better_psp']}.",
            proposal=Proposal(
                "experiment",
                f"route {row['issuer']} to {row['better_psp']}"[:200],
                trial(
                    f"route {row['issuer']} to {row['better_psp']}",
                    f"Attempts of {row['issuer']} go to {row['better_psp']}, not {row['psp']}.",
                    {"issuer": row["issuer"]},
                    Decision.ROUTING,
                    action=ActionKind.FORCE_ROUTE,
                    value=row["better_psp"],
                ),
                f"{row['gap_pp']:.1f} points more approved there ({row['gap_low_pp']:.1f} to "
                f"{row['gap_high_pp']:.1f}).",
                None,
                "approval rate of the issuer's first attempts",
            ),
        )
        for row in answer.rows[:TOLD_MAX]
        if row["z"] >= 4
    ]


def _costs(agent: str, answer: Answer) -> list[Finding]:
    priced = [row for row in answer.rows if row["fee_per_approval"] is not None]
    if len(priced) < 2:
        return []
    dear, cheap = (pick(priced, key=lambda row: row["fee_per_approval"]) for pick in (max, min))
    return [
        Finding(
            agent,
            f"An approval costs {dear['fee_per_approval']:.2f} at {dear['psp']} and {cheap['fee_per_approval']:.2f} at "
            f"{cheap['psp']}; nineteen of twenty answers take up to {dear['latency_p95_ms']:,.0f} and "
            f"{cheap['latency_p95_ms']:,.0f} ms.",
            slice={"psp": dear["psp"]},
            confidence=0.7,
            effort="medium",
            evidence=(Evidence.of(answer),),
            caveats=("Fees follow amounts and countries, which differ between providers.",),
        )
    ]


def _solutions(agent: str, answer: Answer) -> list[Finding]:
    rows = [row for row in answer.rows if row["approval_rate_pct"] is not None and row["transaction_count"] >= 500]
    if len(rows) < 2:
        return []
    best, worst = (pick(rows, key=lambda row: row["approval_rate_pct"]) for pick in (max, min))
    return [
        Finding(
            agent,
            f"Of the last seven days {best['payment_solution']} on {best['card_network']} approved most "
            f"({best['approval_rate_pct']:.1f} %) and {worst['payment_solution']} on {worst['card_network']} least "
            f"({worst['approval_rate_pct']:.1f} %).",
            confidence=0.6,
            evidence=(Evidence.of(answer),),
            caveats=(RAW,),
        )
    ]


def _opportunities(agent: str, answer: Answer) -> list[Finding]:
    return [
        Finding(
            agent,
            f"{row['given_up_count']:,} payments of {row['merchant_segment']} were given up after "
            f"{row['decline_reason']} "
            f"in seven days, worth {row['given_up_value']:,.0f}; about {row['estimated_recovery_value']:,.0f} of it "
            "usually comes back.",
            slice={"merchant_segment": str(row["merchant_segment"]), "decline_reason": str(row["decline_reason"])},
            attempts=row["given_up_count"],
            value_per_day=row["estimated_recovery_value"] / WEEK_DAYS,
            confidence=0.6,
            effort="low",
            evidence=(Evidence.of(answer),),
            caveats=("The share that comes back is that of such declines in general.",),
            action=f"Retry {row['decline_reason']} of {row['merchant_segment']} once more, after the wait that works.",
        )
        for row in answer.rows[:TOLD_MAX]
        if row["retryable_count"] and row["estimated_recovery_value"]
    ]


def _waits(agent: str, answer: Answer) -> list[Finding]:
    found = []
    for reason in dict.fromkeys(row["decline_reason"] for row in answer.rows):
        rows = [row for row in answer.rows if row["decline_reason"] == reason and row["retries_answered"] >= 50]
        if len(rows) < 2:
            continue
        best = max(rows, key=lambda row: row["success_rate_pct"])
        usual = max(rows, key=lambda row: row["retries_answered"])
        if best["success_rate_low_pct"] <= usual["success_rate_high_pct"]:
            continue
        found.append(
            Finding(
                agent,
                f"Retries after {reason} succeed in {best['success_rate_pct']:.1f} % when they wait "
                f"{best['waited']}, and "
                f"in {usual['success_rate_pct']:.1f} % after {usual['waited']}, as most of them do.",
                slice={"decline_reason_standard": str(reason)},
                effect_pp=best["success_rate_pct"] - usual["success_rate_pct"],
                low_pp=best["success_rate_low_pct"] - usual["success_rate_high_pct"],
                high_pp=best["success_rate_high_pct"] - usual["success_rate_low_pct"],
                attempts=best["retries_answered"],
                confidence=0.7,
                effort="low",
                evidence=(Evidence.of(answer),),
                caveats=("Who waited longer may have been a better payment; the experiment tells.",),
                action=f"Wait {best['waited']} before retrying {reason}.",
                proposal=Proposal(
                    "experiment",
                    f"retry {reason} after {best['waited']}",
                    trial(
                        f"retry {reason} after {best['waited']}",
                        f"Retries after {reason} wait {best['waited']} instead of {usual['waited']}.",
                        {"decline_reason_standard": str(reason)},
                        Decision.RETRY,
                        action=ActionKind.RETRY_AFTER,
                        value=str(LEAST_WAITS[best["waited"]]),
                    ),
                    f"{best['success_rate_pct']:.1f} % against {usual['success_rate_pct']:.1f} % of retries succeed.",
                    None,
                    "approved payments per declined payment",
                )
                if best["waited"] in LEAST_WAITS
                else None,
            )
        )
    return sorted(found, key=lambda one: -(one.effect_pp or 0))[:TOLD_MAX]


def _compliance(agent: str, answer: Answer) -> list[Finding]:
    broken = [row for row in answer.rows if row["attempts_over"]]
    if not broken:
        return []
    fees = sum(row["fees_incurred"] or 0.0 for row in broken)
    worst = max(broken, key=lambda row: row["fees_incurred"] or 0.0)
    over = sum(row["attempts_over"] for row in broken)
    return [
        Finding(
            agent,
            f"{over:,} attempts were beyond what {len(broken)} rules of the schemes allow, for fees of "
            f"{fees:,.0f}; most "
            f"of it for {worst['rule']} ({worst['attempts_over']:,} attempts).",
            slice={"card_network": str(worst["network"])},
            attempts=over,
            confidence=0.9,
            effort="low",
            evidence=(Evidence.of(answer),),
            action=f"Stop retries at the limit of {worst['rule']}.",
        )
    ]


def _reasons(agent: str, answer: Answer) -> list[Finding]:
    if not answer.rows:
        return []
    top = answer.rows[0]
    return [
        Finding(
            agent,
            f"{top['decline_reason']} is the most frequent reason: {top['pct_of_declines']:.1f} % of the "
            "declines, worth "
            f"{top['total_declined_value'] or 0:,.0f}; a rule allows a retry for {top['recoverable_pct']:.0f} % "
            "of them.",
            slice={"decline_reason": str(top["decline_reason"])},
            attempts=top["decline_count"],
            confidence=0.9,
            evidence=(Evidence.of(answer),),
        )
    ]


def _fault(agent: str, answer: Answer) -> list[Finding]:
    lost = [row for row in answer.rows if row["lost_though_retryable_value"]]
    if not lost:
        return []
    top = max(lost, key=lambda row: row["lost_though_retryable_value"])
    return [
        Finding(
            agent,
            f"{top['decline_reason']}, which the {top['decline_fault']} can change, ended {top['lost_payments']:,} "
            f"payments; {top['lost_though_retryable_value']:,.0f} of it although a retry was allowed.",
            slice={"decline_reason": str(top["decline_reason"])},
            confidence=0.8,
            evidence=(Evidence.of(answer),),
        )
    ]


READERS: Final[Mapping[str, Callable[[str, Answer], list[Finding]]]] = MappingProxyType(
    {
        "diagnose": of_diagnosis,
        "get_issuer_route_gaps": _gaps,
        "get_cost_per_approval": _costs,
        "get_route_performance": _solutions,
        "get_recovery_opportunities": _opportunities,
        "get_retry_waits": _waits,
        "get_retry_compliance": _compliance,
        "get_decline_trends": _reasons,
        "get_fault_attribution": _fault,
        "get_card_bursts": advice_health.bursts,
        "get_risk_distribution": advice_health.risk_tiers,
        "get_authentication_tradeoff": advice_health.authentication,
        "get_kpi_summary": advice_health.headline_figures,
        "get_optimization_opportunities": advice_health.below_target,
        "get_trend_analysis": advice_health.trend,
        "get_data_freshness": advice_health.freshness,
        "get_dimension_coverage": advice_health.coverage,
        "get_false_insights": advice_health.wrong_insights,
    }
)
