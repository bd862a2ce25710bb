"""Proposals from outside: written down for a person to decide, never applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from payment_analysis.agents.tool import Argument
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.decisions import ProposedConfigChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.store.database import Database

PROPOSE: Final = "propose_change"
KINDS: Final = ("decision_config", "decline_code", "route_performance", "rule", "experiment")
SOURCE: Final = "mcp"


def propose_arguments() -> tuple[str, tuple[Argument, ...]]:
    """What the tool is for, and what it takes."""
    about = "Propose a change of the configuration. It waits for a person with the operator role; nothing is applied."
    return about, (
        Argument("change_type", "string", "What it is about.", required=True, default=None, values=KINDS),
        Argument("target_key", "string", "The key, code, route or name it is about.", required=True, default=None),
        Argument("proposed_value", "string", "The new value; JSON unless it is a configuration key.", required=True,
                 default=None),
        Argument("rationale", "string", "Why, with the figures of the tools that say so.", required=True, default=None),
    )  # fmt: skip


def propose(store: Database, wanted: Mapping[str, Any]) -> str:
    """Write the proposal down; its id."""
    with store.change(SYSTEM) as session:
        row = ProposedConfigChange(source_agent=SOURCE, current_value=None, expected_impact_pct=None, **wanted)
        session.add(row)
        session.flush()
        return row.id
