"""Why the approval rate moved, over a home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.agents.diagnosis.question import diagnose_scope
from payment_analysis.domain.scope import TICK, Scope

if TYPE_CHECKING:
    from payment_analysis.agents.diagnosis.diagnosis import Diagnosis
    from payment_analysis.lakehouse.home import Home


def diagnose_home(home: Home, parameters: dict[str, str]) -> Diagnosis:
    """Explain the change of a period; `parameters` are those of a scope, and none is the last day of data."""
    lakehouse = home.lakehouse()
    (clock,) = lakehouse.rows("select as_of from data_clock")
    found, _ = diagnose_scope(lakehouse, Scope.from_parameters(parameters, now=clock["as_of"] + TICK))
    return found
