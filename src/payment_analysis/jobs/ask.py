"""One question in words over a home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.agents.gathered import askers_over
from payment_analysis.domain.scope import Scope

if TYPE_CHECKING:
    from payment_analysis.agents.ask.answer import Answer
    from payment_analysis.lakehouse.home import Home


def ask_in_words(home: Home, question: str, *, scope: str = "") -> Answer:
    """Answer one question; `scope` is flat parameters, its presets counted back from the newest event."""
    asker = askers_over(home.lakehouse()).current()
    return asker.ask(question, Scope.from_text(scope, now=asker.held.now) if scope else None)
