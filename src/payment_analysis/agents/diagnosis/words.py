"""A diagnosis in sentences, from templates over its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payment_analysis.agents.diagnosis.absorbed import CauseClass

if TYPE_CHECKING:
    from payment_analysis.agents.diagnosis.diagnosis import Cause, Diagnosis
    from payment_analysis.agents.diagnosis.gaps import Gap

CLASS_WORDS: Final = {
    CauseClass.ISSUER_OUTAGE: "The issuer does not answer",
    CauseClass.PSP_DEGRADATION: "The route fails to carry attempts",
    CauseClass.AUTHENTICATION_FAILURE: "Authentication fails",
    CauseClass.FRAUD_ATTACK: "Attempts that were never good come in numbers",
    CauseClass.RULE_CHANGE: "A rule became stricter",
    CauseClass.MIX_SHIFT: "Other payments came than before",
    CauseClass.DATA_PROBLEM: "The answers do not say why",
    CauseClass.UNCLEAR: "More attempts are declined, for no single reason",
}
BETTER: Final = "More attempts are approved than before"


def headline(found: Diagnosis) -> str:
    """The change and its two parts in one sentence."""
    parts = found.split
    return (
        f"{100 * parts.rate_now:.2f} % of {found.attempts:,} sales were approved, {points(parts.change)} against "
        f"{100 * parts.rate_before:.2f} % before: {points(parts.mix)} because other payments came (mix), "
        f"{points(parts.rate)} because the same payments did otherwise (rate)."
    )


def claim(cause: Cause) -> str:
    """What one cause is, where and how much."""
    if cause.cause is CauseClass.MIX_SHIFT:
        return f"{CLASS_WORDS[cause.cause]}, above all more or fewer with {place(cause)}: {points(cause.effect)}."
    what = BETTER if cause.effect > 0 else CLASS_WORDS[cause.cause]
    since = "" if cause.start is None else f", since {cause.start:%Y-%m-%d %H:%M} UTC"
    return f"{what} ({place(cause)}){since}: {points(cause.effect)} of the whole rate."


def place(cause: Cause) -> str:
    """Where, in words."""
    return " · ".join(f"{name} {value}" for name, value in cause.where.items()) or "everywhere"


def points(share: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    return f"{100 * share:+.2f} pp".replace("-", "\N{MINUS SIGN}")


def gap_words(gap: Gap) -> str:
    """A sign that the data changed."""
    before, now = f"{100 * gap.before:.1f} %", f"{100 * gap.now:.1f} %"
    return {
        "silent": f"Nothing came from {gap.what}, which had {before} of the attempts before.",
        "emptied": f"{gap.what} is missing in {now} of the attempts, {before} before.",
        "unknown_answers": f"{now} of the attempts were declined with a code nobody knows, {before} before.",
        "open_outcomes": f"{now} of the attempts have no outcome yet, {before} before.",
    }[gap.kind]
