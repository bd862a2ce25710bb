"""What the index is made of: the summaries, with the attributes of the attempts that points are made of."""

from __future__ import annotations

from functools import cache
from typing import Final

from payment_analysis.lakehouse.dialect import SOURCE
from payment_analysis.lakehouse.table import load_tables

ATTEMPTS: Final = "payments_enriched_silver"
SUMMARIES: Final = "v_transaction_summaries_for_search"
ATTRIBUTES: Final = """\
    attempts.issuer_country, attempts.issuer, attempts.payment_method_type, attempts.payment_solution, attempts.psp,
    attempts.entry_system,
    case when attempts.is_retry then coalesce(attempts.retried_reason, 'again') else 'first' end as tried,
    cast(attempts.reporting_amount as double) as reporting_amount, attempts.fraud_score, attempts.payment_id,
    case when attempts.result = 'declined' then attempts.decline_reason_detail end as decline_reason"""

# What counts most comes first: rows that are alike lie in one chunk, and a search looks at few.
ORDER: Final = (
    "summaries.network, attempts.issuer_country, summaries.merchant_segment, attempts.issuer, "
    "attempts.payment_method_type, tried, reporting_amount"
)


@cache
def question() -> str:
    """One row per attempt that can be found, in Databricks SQL."""
    summaries = load_tables()[SUMMARIES].statement.sql(SOURCE)
    return (
        f"select summaries.*,\n{ATTRIBUTES}\nfrom ({summaries}) as summaries\n"
        f"join {ATTEMPTS} as attempts on attempts.transaction_id = summaries.transaction_id\n"
        f"order by {ORDER}"
    )


def attempt_question() -> str:
    """One attempt of any age, by `:transaction_id`."""
    return (
        f"select attempts.card_network as network, attempts.merchant_segment,\n{ATTRIBUTES}\n"
        f"from {ATTEMPTS} as attempts where attempts.transaction_id = :transaction_id"
    )
