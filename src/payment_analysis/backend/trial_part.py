"""A decision's part in a running experiment: its subject's variant, and what the variant changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from payment_analysis.backend.rule_wishes import facts_of, with_action
from payment_analysis.decisioning.experiments import assigned
from payment_analysis.decisioning.option import Wish
from payment_analysis.decisioning.settings import PolicySettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.backend.decision_models import DecisionContext
    from payment_analysis.backend.decision_state import Configured
    from payment_analysis.decisioning.context import Context
    from payment_analysis.decisioning.experiments import Assigned
    from payment_analysis.decisioning.fields import Decision


def part_of(
    kind: Decision, body: DecisionContext, context: Context, known: Mapping[str, Any], configured: Configured
) -> Assigned | None:
    """The variant of the experiment the request names, or else of the oldest that has room for it; None: of none."""
    named = body.experiment_id
    designs = [one for one in configured.designs if one.decision is kind and named in {None, one.experiment_id}]
    if not designs:
        return None
    facts = facts_of(kind, context, known)
    given = body.model_dump(include={str(design.subject) for design in designs}, exclude_none=True)
    for design in designs:
        key = body.subject_key or given.get(design.subject)
        part = assigned(design, facts | {str(design.subject): key})
        if part is not None:
            return part
    return None


def changed(configured: Configured, part: Assigned | None) -> Configured:
    """What a decision is made with when the variant replaces some of it."""
    if part is None or not part.configuration:
        return configured
    written = {**configured.written, **part.configuration}
    return replace(configured, settings=PolicySettings.of(written), written=written)


def wishes_of(part: Assigned | None) -> tuple[Wish, ...]:
    """What the variant's actions ask for, told like rules."""
    if part is None:
        return ()
    return tuple(
        with_action(Wish(part.experiment_id, f"variant {part.variant}", "experiment", action.words), action)
        for action in part.actions
    )
