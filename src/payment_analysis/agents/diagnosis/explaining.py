"""The diagnosis as the answer to a question why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from payment_analysis.agents.ask.asking import scope_of
from payment_analysis.agents.diagnosis.question import diagnose_scope
from payment_analysis.agents.diagnosis.words import claim, gap_words, headline
from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from payment_analysis.agents.ask.asking import Explain
    from payment_analysis.agents.ask.spec import Spec
    from payment_analysis.agents.diagnosis.question import ArrowWarehouse
    from payment_analysis.domain.scope import Scope

CAUSES_SAID: Final = 3


def explains(warehouse: ArrowWarehouse) -> Explain:
    """Whoever answers why over this lakehouse."""

    def explain(spec: Spec, page: Scope) -> str:
        # What the period is compared with is the diagnosis's to choose: it learns from weeks, not from a day.
        scope = scope_of(spec.model_copy(update={"compare": None}), page)
        if spec.period is None:
            scope = replace(scope, start=page.start, end=page.end)
        try:
            found, _ = diagnose_scope(warehouse, scope)
        except BadInput as error:
            return f"The cause cannot be looked for: {error.message}; {error.hint}."
        said = [headline(found)]
        said += [claim(cause) for cause in found.causes[:CAUSES_SAID]] or ["No single cause stands out from chance."]
        said += [gap_words(gap) for gap in found.gaps]
        said += found.cannot_tell[:1]
        return " ".join(said)

    return explain
