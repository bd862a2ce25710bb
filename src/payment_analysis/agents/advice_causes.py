"""Findings of the diagnosis: each cause as a claim with its interval, its value and what to do about its kind."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.agents.diagnosis.absorbed import CauseClass
from payment_analysis.agents.finding import Evidence, Finding, Proposal
from payment_analysis.agents.trial import trial
from payment_analysis.decisioning.actions import ActionKind, AuthenticationPath
from payment_analysis.decisioning.fields import Decision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.agents.toolbox import Answer

ACTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        CauseClass.ISSUER_OUTAGE: "Hold retries of this issuer until it answers again, and tell it.",
        CauseClass.PSP_DEGRADATION: "Send these attempts by another route until this one carries them again.",
        CauseClass.AUTHENTICATION_FAILURE: "Exempt or authenticate otherwise what may be, and call the 3DS provider.",
        CauseClass.FRAUD_ATTACK: "Step up or block these attempts, and warn the merchant.",
        CauseClass.RULE_CHANGE: "Find whose rule changed: ours first, then the issuer's.",
        CauseClass.MIX_SHIFT: "Nothing broke: judge each part by its own rate.",
        CauseClass.DATA_PROBLEM: "Mend the data before acting on the rate.",
        CauseClass.UNCLEAR: "Look at single payments of this place before acting.",
    }
)


def of_diagnosis(agent: str, answer: Answer) -> list[Finding]:
    """The change as a whole, then each cause."""
    limits = tuple(str(row["claim"]) for row in answer.rows if row["part"] == "limit")
    told = []
    for row in answer.rows:
        if row["part"] == "change":
            told.append(
                Finding(
                    agent,
                    str(row["claim"]),
                    effect_pp=row["effect_pp"],
                    attempts=row["attempts"],
                    confidence=0.9,
                    evidence=(Evidence.of(answer),),
                    caveats=limits,
                )
            )
        elif row["part"] == "data":
            told.append(Finding(agent, str(row["claim"]), confidence=0.8, evidence=(Evidence.of(answer),)))
        elif row["part"] == "cause":
            told.append(_cause(agent, answer, row, limits))
    return told


def _cause(agent: str, answer: Answer, row: Mapping[str, Any], limits: tuple[str, ...]) -> Finding:
    where = dict(part.split("=", 1) for part in str(row["place"]).split(" and ") if "=" in part)
    return Finding(
        agent,
        str(row["claim"]),
        slice=where,
        effect_pp=row["effect_pp"],
        low_pp=row["low_pp"],
        high_pp=row["high_pp"],
        p_adjusted=row["p_adjusted"],
        attempts=row["attempts"],
        value_per_day=row["value_per_day"] or None,
        confidence=min(0.95, 0.5 + 0.45 * float(row["certainty"])),
        effort="low",
        evidence=(Evidence.of(answer),),
        caveats=limits,
        action=ACTIONS[str(row["cause"])] if row["effect_pp"] < 0 else "",
        proposal=_proposal(row, where) if row["effect_pp"] < 0 else None,
    )


def _proposal(row: Mapping[str, Any], where: Mapping[str, str]) -> Proposal | None:
    """What a person may try on a part of the traffic: another route where one fails, a challenge where one attacks."""
    if row["cause"] == CauseClass.PSP_DEGRADATION and "psp" in where:
        name, what = f"leave {where['psp']}", f"Attempts with {row['place']} go to another route than {where['psp']}."
        value = trial(name, what, where, Decision.ROUTING, action=ActionKind.FORBID_ROUTE, value=where["psp"])
    elif row["cause"] == CauseClass.FRAUD_ATTACK:
        name, what = f"challenge {row['place']}", f"Attempts with {row['place']} are challenged."
        value = trial(
            name, what, where, Decision.AUTHENTICATION, action=ActionKind.FORCE_PATH, value=AuthenticationPath.CHALLENGE
        )
    else:
        return None
    return Proposal("experiment", name[:200], value, str(row["claim"]), -float(row["effect_pp"]), "approval rate there")
