"""A decision between its question and its place in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.backend.decision_models import DecisionContext
    from payment_analysis.backend.decision_state import Configured
    from payment_analysis.decisioning.context import Context
    from payment_analysis.decisioning.experiments import Assigned
    from payment_analysis.decisioning.fields import Decision
    from payment_analysis.decisioning.option import Wish
    from payment_analysis.store.decision_rows import Attempt


class Asked(NamedTuple):
    """One decision on its way: what it is made from."""

    kind: Decision
    body: DecisionContext
    context: Context
    configured: Configured
    known: Mapping[str, Any]
    wishes: tuple[Wish, ...]
    notes: tuple[str, ...]
    part: Assigned | None


class Answered(NamedTuple):
    """A decision as JSON, and what else is stored of it."""

    response: dict[str, Any]
    action: str | None
    route: str | None = None
    expected: float | None = None
    attempt: Attempt | None = None
