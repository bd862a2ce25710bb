"""A decline, classified: from network, code, advice code, region and date to reason, fault, retry and remedy.

Which rule wins, from the strongest:
1. An advice code that says never (03, 21, 40, 41, 42), and Visa category 1: no resend, whatever else is said.
2. A code that its network calls irreversible: not as it is. Where sources contradict each other the stricter one holds.
3. An advice code we do not know, or one that does not belong to the response code: no automatic resend.
4. An advice code that asks for something first (new card data, token, PIN).
5. An advice code that names a wait: it opens a code that is meaningless alone (Mastercard 57, 79, 82, 83) and sets the
   wait of a code that may be sent again. It never opens a code whose remedy needs a person.
6. The reason's own remedy.
An unknown code falls back to the source's word for the reason; an unknown word is `unknown`, which is never retried.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from payment_analysis.domain.decline_reasons import (
    PROFILES,
    RESENDS,
    STANDARDS,
    DeclineReason,
    Fault,
    ReasonGroup,
    Remedy,
    StandardReason,
)
from payment_analysis.domain.decline_rules import (
    ADVISED,
    Ruling,
    Verdict,
    advice_codes,
    meaning_of,
    verdict_of,
)
from payment_analysis.domain.decline_words import reason_of_word

if TYPE_CHECKING:
    from datetime import date, timedelta

    from payment_analysis.domain.attempt import CardNetwork
    from payment_analysis.domain.countries import Region


@dataclass(frozen=True, slots=True)
class Decline:
    """A classified decline.

    `retryable` means that an automatic resend, perhaps later or by another route, is allowed and can help without
    anybody changing data. `earliest_retry` is then the wait before it (zero: at once), else None. `known` is False when
    the code, its word or its advice code has no meaning for us.
    """

    reason: DeclineReason
    standard: StandardReason
    group: ReasonGroup
    fault: Fault
    retryable: bool
    earliest_retry: timedelta | None
    action: Remedy
    source: str
    known: bool


# What a network's verdict makes of a remedy that it forbids.
_WHEN_IRREVERSIBLE = Remedy.FIX_DATA  # something in the message must change first
_WHEN_NEVER = Remedy.STOP
_NEEDS_NO_RESEND_OF_THIS_CARD = frozenset({Remedy.UPDATE_CARD, Remedy.STOP})

_ADVISED_REMEDY = {
    Ruling.NEVER: Remedy.STOP,
    Ruling.UPDATE_FIRST: Remedy.UPDATE_CARD,
    Ruling.FIX_FIRST: Remedy.FIX_DATA,
    Ruling.ASK_PIN: Remedy.ASK_CARDHOLDER,
}

# Reasons that say little by themselves: here the advice code may name the finer reason.
GENERIC = frozenset(
    {
        DeclineReason.DO_NOT_HONOR,
        DeclineReason.INVALID_TRANSACTION,
        DeclineReason.LIFECYCLE_DECLINE,
        DeclineReason.NOT_PERMITTED_TO_CARDHOLDER,
        DeclineReason.POLICY_DECLINE,
        DeclineReason.SECURITY_DECLINE,
    }
)


def classify(  # noqa: PLR0917 - the six facts a decline has, in the order a payments person says them
    network: CardNetwork | None,
    code: str | None,
    advice_code: str | None,
    region: Region,
    on: date,
    word: str | None = None,
) -> Decline:
    """Say what a decline means on a day, and what to do.

    `code` is the response code (DE39; American Express: three digits), `advice_code` Mastercard's merchant advice code,
    `region` that of the issuer, `word` the source's own word for the reason, asked when the code is missing or unknown.
    """
    code = (code or "").strip().upper()
    advice_code = (advice_code or "").strip().upper()
    decline, verdict = _from_code(network, code, region, on)
    if not decline.known and word:
        decline, verdict = decline_for(reason_of_word(word)), None
    if not decline.known:
        return decline
    if network in ADVISED and advice_code:
        decline = _advised(decline, verdict, code, advice_code, on)
    return decline


def decline_for(reason: DeclineReason, source: str = "") -> Decline:
    """Return the decline a reason stands for when no network rule and no advice is known."""
    profile = PROFILES[reason]
    return Decline(
        reason=reason,
        standard=profile.standard,
        group=STANDARDS[profile.standard].group,
        fault=profile.fault,
        retryable=profile.remedy in RESENDS,
        earliest_retry=profile.wait,
        action=profile.remedy,
        source=source or "reason table",
        known=reason is not DeclineReason.UNKNOWN,
    )


def is_irreversible(network: CardNetwork | None, code: str, on: date) -> bool:
    """Tell whether the network forbids to send this decline again as it is."""
    verdict = verdict_of(network, code.strip().upper(), on)
    return verdict is not None and verdict.verdict >= Verdict.IRREVERSIBLE


def _from_code(network: CardNetwork | None, code: str, region: Region, on: date) -> tuple[Decline, Verdict | None]:
    meaning = meaning_of(network, code, region, on)
    if meaning is None:
        return decline_for(DeclineReason.UNKNOWN, "unknown code"), None
    decline = decline_for(meaning.reason, meaning.source)
    ruled = verdict_of(network, code, on)
    if ruled is None:
        return decline, None
    return _limited(decline, ruled.verdict, ruled.source), ruled.verdict


def _limited(decline: Decline, verdict: Verdict, source: str) -> Decline:
    """Apply the network's verdict: it can forbid, never permit."""
    if verdict is Verdict.NEVER and decline.action not in _NEEDS_NO_RESEND_OF_THIS_CARD:
        return _with(decline, _WHEN_NEVER, source)
    if verdict is Verdict.IRREVERSIBLE and decline.retryable:
        return _with(decline, _WHEN_IRREVERSIBLE, source)
    return decline


def _advised(decline: Decline, verdict: Verdict | None, code: str, advice_code: str, on: date) -> Decline:
    """Apply the merchant advice code."""
    advice = advice_codes().get(advice_code)
    open_to_advice = decline.retryable or verdict is Verdict.BY_ADVICE
    if advice is None or not advice.understood_with(code, on):
        source = f"advice code {advice_code} has no known meaning here: no automatic retry"
        action = Remedy.MANUAL_REVIEW if open_to_advice else decline.action
        return replace(_with(decline, action, source), known=False)

    source = f"advice code {advice.code}: {advice.source}"
    if advice.refined_reason and decline.reason in GENERIC:
        decline = decline_for(advice.refined_reason, decline.source)
        return _with(decline, _ADVISED_REMEDY[advice.ruling], source)
    if advice.ruling is Ruling.NEVER:
        return _with(decline, _ADVISED_REMEDY[advice.ruling], source)
    if not open_to_advice or advice.ruling is Ruling.CODE_DECIDES:
        return decline
    if advice.ruling is Ruling.RESEND_AFTER:
        return _with(decline, Remedy.RETRY_LATER, source, advice.wait)
    return _with(decline, _ADVISED_REMEDY[advice.ruling], source)


def _with(decline: Decline, action: Remedy, source: str, wait: timedelta | None = None) -> Decline:
    """Replace what to do; a resend needs a wait, everything else has none."""
    retryable = action in RESENDS
    assert retryable == (wait is not None), (action, wait)
    sources = decline.source if source in decline.source else f"{decline.source}; {source}"
    return replace(decline, retryable=retryable, earliest_retry=wait, action=action, source=sources)
