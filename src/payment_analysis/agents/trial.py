"""An experiment as agents propose it: half of the payments of a place are decided as before, half with one action."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from payment_analysis.decisioning.fields import FIELDS, Decision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.decisioning.actions import ActionKind

NAME_CHARACTERS_MAX: Final = 200
HALF: Final = 0.5
_NAMES: Final = {decision: {one.name for one in FIELDS if decision in one.decisions} for decision in Decision}


def trial(
    name: str, description: str, where: Mapping[str, str], decision: Decision, *, action: ActionKind, value: str
) -> str:
    """The experiment as JSON; who takes part is what the decision knows of the place."""
    treatment = {"name": "treatment", "share": HALF, "actions": [{"kind": action, "value": value}]}
    return json.dumps(
        {
            "name": name[:NAME_CHARACTERS_MAX],
            "description": description,
            "decision": decision,
            "eligible": condition(where, decision) or None,
            "variants": [{"name": "control", "share": HALF}, treatment],
        }
    )


def condition(where: Mapping[str, str], decision: Decision) -> str:
    """A place in the language of the rules; what the decision does not know is left out."""
    known = {name: value.replace("'", "''") for name, value in where.items() if name in _NAMES[decision]}
    return " AND ".join(f"{name} = '{value}'" for name, value in known.items())
