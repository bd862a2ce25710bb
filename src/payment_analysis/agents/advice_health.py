"""Findings about risk, headline figures and the data itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.agents.finding import Evidence, Finding

if TYPE_CHECKING:
    from payment_analysis.agents.toolbox import Answer

COVERED_MIN_PCT = 50.0
PASSED_MIN_PCT = 99.0
LATE = "Fraud is reported weeks later, so recent days look better than they are."


def bursts(agent: str, answer: Answer) -> list[Finding]:
    return [
        Finding(
            agent,
            f"{row['attempts_last_day']:,} attempts with cards of {row['issuer']} came to {row['merchant_id']} in "
            "a day, "
            f"against {row['attempts_per_day_before']:.1f} usually; {row['declined_last_day']:,} were declined, "
            f"{row['bins_last_day']} BINs.",
            slice={"issuer": row["issuer"], "merchant_id": row["merchant_id"]},
            attempts=row["attempts_last_day"],
            confidence=0.8 if row["declined_last_day"] * 2 > row["attempts_last_day"] else 0.5,
            effort="low",
            evidence=(Evidence.of(answer),),
            action="Challenge or block these cards at this merchant, and warn it.",
        )
        for row in answer.rows[:3]
    ]


def risk_tiers(agent: str, answer: Answer) -> list[Finding]:
    rows = {row["risk_tier"]: row for row in answer.rows if row["risk_tier"]}
    total = sum(row["transaction_count"] for row in answer.rows)
    high = rows.get("high")
    if not total or high is None:
        return []
    return [
        Finding(
            agent,
            f"{high['transaction_count']:,} of {total:,} attempts of the last seven days are of high risk; "
            f"{high['approved_count']:,} of them were approved.",
            attempts=high["transaction_count"],
            confidence=0.8,
            evidence=(Evidence.of(answer),),
            caveats=(LATE,),
        )
    ]


def authentication(agent: str, answer: Answer) -> list[Finding]:
    lost = [row for row in answer.rows if row["lost_in_authentication"]]
    if not lost:
        return []
    most = max(lost, key=lambda row: row["lost_in_authentication"])
    return [
        Finding(
            agent,
            f"{most['lost_in_authentication']:,} payments with {most['payment_solution']} were lost because the "
            f"authentication failed ({most['lost_in_authentication_pct']:.1f} % of them); reported fraud among its "
            f"approved ones is {most['fraud_bps'] or 0:.1f} basis points.",
            slice={"payment_solution": str(most["payment_solution"])},
            attempts=most["lost_in_authentication"],
            confidence=0.7,
            evidence=(Evidence.of(answer),),
            caveats=(LATE, "The riskier payments are sent to authentication, so this is no effect of it."),
            action="Try an exemption or a passkey where the risk is low.",
        )
    ]


def headline_figures(agent: str, answer: Answer) -> list[Finding]:
    if not answer.rows or answer.rows[0]["approval_rate_pct"] is None:
        return []
    row = answer.rows[0]
    return [
        Finding(
            agent,
            f"{row['approval_rate_pct']:.1f} % of what issuers and networks answered was approved, and "
            f"{row['payment_rate_pct'] or 0:.1f} % of {row['total_payments']:,} payments in the end; "
            f"{row['declined_value'] or 0:,.0f} {row['reporting_currency'] or ''} was declined.",
            attempts=row["total_transactions"],
            confidence=0.95,
            evidence=(Evidence.of(answer),),
        )
    ]


def below_target(agent: str, answer: Answer) -> list[Finding]:
    return [
        Finding(
            agent,
            f"{row['dimension'].replace('_', ' ')} {row['value']} approves {row['approval_rate_pct']:.1f} %, below its "
            f"target of {row['target_pct']:.0f} %; {row['declined_value'] or 0:,.0f} was declined in thirty days.",
            slice={row["dimension"]: str(row["value"])},
            attempts=row["transaction_count"],
            confidence=0.6,
            evidence=(Evidence.of(answer),),
            caveats=("A target says nothing about what can be reached: the mix may be harder here.",),
        )
        for row in answer.rows[:2]
    ]


def trend(agent: str, answer: Answer) -> list[Finding]:
    days = [row for row in answer.rows if row["approval_rate_pct"] is not None]
    if len(days) < 14:
        return []
    last, before = days[:7], days[7:14]
    rates = [
        100 * sum(row["approved_count"] for row in week)
        / max(1, sum(row["approved_count"] + row["decline_count"] for row in week))
        for week in (last, before)
    ]  # fmt: skip
    return [
        Finding(
            agent,
            f"In the last seven days {rates[0]:.1f} % of the answered attempts were approved, in the seven before "
            f"{rates[1]:.1f} %.",
            effect_pp=rates[0] - rates[1],
            confidence=0.7,
            evidence=(Evidence.of(answer),),
        )
    ]


def freshness(agent: str, answer: Answer) -> list[Finding]:
    if not answer.rows:
        return []
    row = answer.rows[0]
    passed = row["passed_pct_24h"]
    return [
        Finding(
            agent,
            f"The newest attempt is of {row['latest_silver_event']}; {row['landed_last_24h'] or 0:,} events "
            "landed in the "
            f"day before it, {passed if passed is not None else 0:.1f} % of them passed.",
            confidence=0.95 if passed is not None and passed >= PASSED_MIN_PCT else 0.8,
            evidence=(Evidence.of(answer),),
            action="" if passed is None or passed >= PASSED_MIN_PCT else "Look at the rejected rows and replay them.",
        )
    ]


def coverage(agent: str, answer: Answer) -> list[Finding]:
    thin = [row for row in answer.rows if row["coverage_pct"] is not None and row["coverage_pct"] < COVERED_MIN_PCT]
    if not thin:
        return []
    names = ", ".join(str(row["dimension"]) for row in thin[:8])
    return [
        Finding(
            agent,
            f"{len(thin)} dimensions are filled for less than half of the attempts ({names}): causes there stay "
            "hidden.",
            confidence=0.9,
            evidence=(Evidence.of(answer),),
        )
    ]


def wrong_insights(agent: str, answer: Answer) -> list[Finding]:
    reviewed = sum(row["reviewed_insights"] for row in answer.rows)
    wrong = sum(row["false_insights"] for row in answer.rows)
    if not reviewed:
        return []
    said = f"{wrong:,} of {reviewed:,} reviewed insights were wrong or of no use."
    return [Finding(agent, said, confidence=0.8, evidence=(Evidence.of(answer),))]
