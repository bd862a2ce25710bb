"""Similar payments as a tool: evidence for a person or an agent, and never a reason of the decision engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlglot import exp

from payment_analysis.agents.computed import Computed
from payment_analysis.agents.similar.search import TEXT_CHARACTERS_MAX
from payment_analysis.agents.similar.source import SUMMARIES
from payment_analysis.agents.tool import Argument, Column
from payment_analysis.domain.errors import BadInput
from payment_analysis.lakehouse.dialect import SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.agents.similar.search import Similar
    from payment_analysis.domain.scope import Scope

NAME: Final = "search_similar_transactions"
ROWS_MAX: Final = 20
DESCRIPTION: Final = (
    "Attempts of the last thirty days that are most like one, or like words about one, and what became of them. "
    "They are evidence to look at: what happened to others is no forecast."
)
COLUMNS: Final[Mapping[str, Column]] = {
    "transaction_id": Column("string", "The attempt."),
    "summary_text": Column("string", "What is known of it, in words."),
    "outcome": Column("string", "approved, declined, pending or error."),
    "similarity": Column("double", "Cosine of the two points, -1 to 1; 1 is the same in all that is compared."),
    "decline_reason": Column("string", "Why it was declined; null when it was not."),
    "amount": Column("double", "Amount in major units of the currency."),
    "currency": Column("string", "Currency of the amount, ISO 4217."),
    "psp": Column("string", "Payment service provider it was sent to."),
    "payment_solution": Column("string", "Payment solution it was made with."),
    "created_at": Column("timestamp", "When, a UTC instant."),
}
ARGUMENTS: Final = (
    Argument(
        "text",
        "string",
        "Words about an attempt, its summary or values it has.",
        required=False,
        default=None,
    ),
    Argument("transaction_id", "string", "The attempt that others are like; instead of words.", False, None),
    Argument("limit", "bigint", "Attempts to give.", required=False, default=5, least=1, most=ROWS_MAX),
)


class FindsSimilar(Protocol):
    """Whoever finds similar attempts: our index, or the search index of a workspace."""

    def like_attempt(self, transaction_id: str, limit: int) -> Similar: ...
    def like_text(self, text: str, limit: int) -> Similar: ...


def similar_tool(search: FindsSimilar) -> Computed:
    """The search as a tool; a scope does not narrow it."""

    def compute(arguments: Mapping[str, Any], _scope: Scope | None) -> tuple[list[dict[str, Any]], str]:
        text, attempt, limit = arguments["text"], arguments["transaction_id"], arguments["limit"]
        if bool(text) == bool(attempt):
            raise BadInput("give either text or transaction_id", hint="text: visa credit, issuer country BR, declined")
        found = search.like_attempt(attempt, limit) if attempt else search.like_text(text[:TEXT_CHARACTERS_MAX], limit)
        rows = [{name: row.get(name) for name in COLUMNS} for row in found.rows]
        return rows, summaries_sql([str(row["transaction_id"]) for row in rows])

    return Computed(NAME, DESCRIPTION, ARGUMENTS, COLUMNS, ROWS_MAX, compute)


def summaries_sql(ids: list[str]) -> str:
    """SQL that shows the attempts that were found."""
    listed = ", ".join(exp.convert(one).sql(SOURCE) for one in ids) or "null"
    return f"select *\nfrom {SUMMARIES}\nwhere transaction_id in ({listed})"


def search_function(catalog: str, schema: str, index: str) -> str:
    """The search as a function of Unity Catalog, over the search index there."""
    place = f"`{catalog}`.`{schema}`"
    return (
        f"CREATE OR REPLACE FUNCTION {place}.`{NAME}`(\n"
        f"    `text` STRING COMMENT {exp.convert(ARGUMENTS[0].meaning).sql(SOURCE)}\n)\n"
        "RETURNS TABLE (\n"
        f"    `transaction_id` STRING COMMENT {exp.convert(COLUMNS['transaction_id'].meaning).sql(SOURCE)},\n"
        f"    `summary_text` STRING COMMENT {exp.convert(COLUMNS['summary_text'].meaning).sql(SOURCE)},\n"
        f"    `outcome` STRING COMMENT {exp.convert(COLUMNS['outcome'].meaning).sql(SOURCE)}\n)\n"
        f"LANGUAGE SQL\nREADS SQL DATA\nCOMMENT {exp.convert(DESCRIPTION).sql(SOURCE)}\nRETURN\n"
        "SELECT found.transaction_id, found.summary_text, found.outcome\n"
        f"FROM VECTOR_SEARCH(index => {exp.convert(index).sql(SOURCE)}, query_text => `{NAME}`.`text`, "
        "num_results => 5) AS found"
    )
