"""Questions in words as a tool for agents and programs: the answer's rows with the sentence about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from payment_analysis.agents.ask.reading import Status
from payment_analysis.agents.computed import Computed
from payment_analysis.agents.roles import ASK
from payment_analysis.agents.tool import Argument, Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.agents.ask.answer import Answer
    from payment_analysis.agents.ask.asking import Askers
    from payment_analysis.domain.scope import Scope

ROWS_MAX: Final = 200
DESCRIPTION: Final = (
    "Answers one question about card payments in English, Portuguese or Spanish from the semantic layer: figures by "
    "dimension, with filters, periods, comparisons and rankings. It says when it does not know, and refuses changes "
    "and personal data."
)
COLUMNS: Final[Mapping[str, Column]] = {
    "status": Column("string", "answered, asks_back, unknown, refused or cause."),
    "sentence": Column("string", "The answer, or why there is none; its numbers are those of the rows."),
    "row": Column("string", "One row of the answer, as name=value joined by '; '; null when there is none."),
    "is_verified": Column("boolean", "Nothing was assumed that could be meant otherwise."),
}


def ask_tool(askers: Askers) -> Computed:
    """Ask data as a tool, within the scope that is given."""

    def compute(arguments: Mapping[str, Any], scope: Scope | None) -> tuple[list[dict[str, Any]], str]:
        answer = askers.current().ask(arguments["question"], scope)
        said = {"status": str(answer.status), "sentence": answer.sentence, "is_verified": answer.is_verified}
        rows = [{**said, "row": line} for line in _lines(answer)]
        return rows or [{**said, "row": None}], answer.sql

    question = Argument("question", "string", "One question.", required=True, default=None)
    return Computed(ASK, DESCRIPTION, (question,), COLUMNS, ROWS_MAX, compute)


def _lines(answer: Answer) -> list[str]:
    if answer.status is not Status.ANSWERED:
        return []
    return [
        "; ".join(f"{column.name}={value}" for column, value in zip(answer.columns, row, strict=True))
        for row in answer.rows
    ]
