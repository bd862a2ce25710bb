"""What each action asks a person to do, how its value was found, and what it assumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.report.actions import ActionKind

if TYPE_CHECKING:
    from payment_analysis.report.actions import Action


@dataclass(frozen=True, slots=True)
class Play:
    name: str  # short, for a chart
    title: str
    todo: str
    method: str
    no_number: str  # said when the data gives no range


_COMPARABLE = (
    "The value of the lost payments times the approval rate of retries in this data that followed the same reason at "
    "the same place (second attempt, or a later one). The range is the 95 % Wilson interval of that rate, added up "
    "over the reasons."
)
_NEVER_SEEN = "No such payment was tried again in this data, so there is no rate to go by."

PLAYS: dict[ActionKind, Play] = {
    ActionKind.ROUTE: Play(
        "Better first route",
        "Send first attempts to the provider that approves more",
        "Change the first route in the segments below for a share of the traffic, and compare before going on: the "
        "better rate was measured on the traffic that provider was given.",
        "The value of lost payments that never met the better provider, times the difference of first-attempt rates "
        "divided by the share the present provider declines. Only differences whose Newcombe interval excludes zero "
        "after Bonferroni correction count. Assumed: what the present provider approves, the other approves too.",
        "No segment shows a provider that is better beyond chance.",
    ),
    ActionKind.RETRY: Play(
        "Retry soft declines",
        "Retry soft declines that were given up",
        "Send these again after the wait their reason asks for, on another provider where the reason allows it.",
        _COMPARABLE,
        _NEVER_SEEN,
    ),
    ActionKind.AUTHENTICATE: Play(
        "Step-up with 3DS",
        "Authenticate and send again",
        "Answer these declines with a 3DS challenge and resubmit; both messages count as one payment.",
        f"{_COMPARABLE} Only retries that used 3DS are compared.",
        "No such payment was sent again with 3DS in this data, so there is no rate to go by.",
    ),
    ActionKind.FIX_DATA: Play(
        "Repair card data",
        "Repair the card data",
        "Use an account updater or network tokens for expired and replaced cards; correct the fields the code names.",
        _COMPARABLE,
        _NEVER_SEEN,
    ),
    ActionKind.ASK_CARDHOLDER: Play(
        "Tell the customer",
        "Tell the customer what to do",
        "Show the reason in plain words at checkout (unlock the card, use another, call the bank) and offer a new try.",
        _COMPARABLE,
        _NEVER_SEEN,
    ),
    ActionKind.RESOLVE_ERRORS: Play(
        "End errors and time-outs",
        "End errors, time-outs and duplicates",
        "Ask for the status of the first message before sending again, and repair the failing link.",
        _COMPARABLE,
        _NEVER_SEEN,
    ),
    ActionKind.REVIEW: Play(
        "Review refusals",
        "Review refusals that name no remedy",
        "Read these with the provider: fraud rules, policies and gateway rejections may refuse good customers.",
        "No value is given: what share of these customers is good cannot be seen in payment data alone.",
        "What share of these customers is good cannot be seen in payment data alone.",
    ),
    ActionKind.LEARN_REASONS: Play(
        "Get decline codes",
        "Get the decline codes, then retry what may be retried",
        "Ask each provider to send the network's response code and advice code with every decline.",
        "At most the value of the lost payments times the upper end of the 95 % Wilson interval of retries after "
        "a decline without a reason at the same place. The low end is zero: an unknown reason may forbid a retry.",
        _NEVER_SEEN,
    ),
    ActionKind.STOP_RETRIES: Play(
        "Stop forbidden retries",
        "Stop retries that the schemes forbid or charge for",
        "Block a resubmission after a final refusal, and above the limit of the network.",
        "Attempts above each limit times the fee of that rule on its day, in the reporting currency; no range, because "
        "they are counted.",
        "No fee is published for these rules, or no exchange rate is known; only the attempts are counted.",
    ),
}


def short_title(action: Action) -> str:
    """Name the action inside a sentence; for a route, name the strongest one."""
    title = PLAYS[action.kind].title
    if action.kind is ActionKind.ROUTE and action.evidence:
        title = f"{title} (most in {action.evidence[0].what})"
    return title[0].lower() + title[1:]
