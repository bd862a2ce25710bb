"""The verdict: one sentence with money, and the single best action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.domain.metrics import Rate
from payment_analysis.report.plays import PLAYS, short_title
from payment_analysis.report.wording import count, expected, money_range, percent, plural, short_money

if TYPE_CHECKING:
    from payment_analysis.report.actions import Action
    from payment_analysis.report.report import Report


@dataclass(frozen=True, slots=True)
class Verdict:
    sentence: str
    detail: str


def say_verdict(report: Report) -> Verdict:
    """Say what share is approved, what was lost for good, what of it may come back and what to do first."""
    bridge, actions = report.bridge, report.actions
    payment = bridge.measure(Rate.PAYMENT_RATE).rate
    if bridge.lost_value is not None:
        lost = f"{short_money(bridge.lost_value)} was"
    else:
        lost = f"{plural(bridge.lost_payments, 'payment was', 'payments were')}"
    start = (
        f"{percent(payment.rate)} of {plural(payment.trials, 'payment')} were approved; "
        if payment.trials
        else "No payment got an answer from an issuer; "
    )
    sentence = f"{start}{lost} declined for good"
    if actions.recoverable is not None and actions.recoverable.high.amount_minor:
        sentence += f", of which {money_range(actions.recoverable)} looks recoverable"
    best = actions.ranked[0] if actions.ranked else None
    if best is not None:
        sentence += f". First: {short_title(best)}"
    return Verdict(f"{sentence}.", _detail(report, best))


def _detail(report: Report, best: Action | None) -> str:
    parts = [
        f"{count(report.bridge.lost_payments)} of {plural(report.overview.payments, 'payment')} were never approved."
    ]
    if best is not None and best.gain is not None:
        whole = best.gain_per_30_days or best.gain
        period = "per 30 days" if best.gain_per_30_days else "in this period"
        parts.append(
            f"The first action is worth {money_range(whole)} {period} (expected {expected(whole)}); "
            f"confidence {best.confidence}, effort {best.effort}."
        )
    elif best is not None:
        parts.append(f"{PLAYS[best.kind].no_number} So the first action carries no amount.")
    if report.bridge.open_payments:
        parts.append(
            f"{plural(report.bridge.open_payments, 'payment')} have no known outcome yet and count as neither."
        )
    return " ".join(parts)
