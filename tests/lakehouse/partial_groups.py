"""Questions over groups of rows: what their keys and what is told of each group may be; no cube serves any of them."""

from __future__ import annotations

from typing import Final

TABLE: Final = "payments_enriched_silver"

QUESTIONS: Final = {
    "words": f"select merchant_name, issuer, count(*) as attempts from {TABLE} where is_sale group by 1, 2",
    "an expression over words": f"""select coalesce(issuer, 'unknown') as issuer, merchant_name, count(*) as attempts
        from {TABLE} group by coalesce(issuer, 'unknown'), merchant_name""",
    "an expression that chooses words": f"""select case when is_sale then psp end as provider, issuer, merchant_name,
        sum(reporting_amount) as amount from {TABLE} group by case when is_sale then psp end, issuer,
        merchant_name""",
    "a part of the time": f"""select date_trunc('hour', event_timestamp) as hour, merchant_name, psp, count(*) as attempts
        from {TABLE} where is_sale group by date_trunc('hour', event_timestamp), merchant_name, psp""",
    "some hours of every day": f"""select merchant_name, issuer, count(*) as attempts from {TABLE}
        where extract(hour from event_timestamp) % 5 > 3 group by merchant_name, issuer""",
    "a number": f"""select floor(processing_time_ms / 50) * 50 as ms, result, count(*) as attempts
        from {TABLE} where is_sale group by floor(processing_time_ms / 50) * 50, result""",
    "values of words": f"""select merchant_name, issuer, min(psp) as first_psp, max(card_network) as last_network,
        max(case when is_approved then psp end) as approving from {TABLE} group by merchant_name, issuer""",
    "any of few": f"select merchant_name, issuer, any_value(currency is null) as is_free from {TABLE} group by 1, 2",
    "counted apart": f"""select issuer, merchant_name, count(distinct merchant_id) as merchants,
        count_if(is_approved and result = 'approved') as approved from {TABLE} group by issuer, merchant_name""",
    "counted apart among many": f"""select issuer, merchant_name, count(distinct reporting_amount) as amounts
        from {TABLE} group by issuer, merchant_name""",
    "means and shares": f"""select issuer, merchant_name, sum(fraud_score) / count(fraud_score) as score,
        count_if(is_approved) / nullif(count_if(is_authorization), 0) as rate
        from {TABLE} group by issuer, merchant_name having count(*) > 2
        order by count(*) desc, issuer, merchant_name limit 9""",
    "nothing to group by": f"select count(*) as attempts, min(issuer) as first, max(psp) as last from {TABLE}",
    "placed among others": f"""select issuer, psp,
        row_number() over (partition by issuer order by sum(reporting_amount), psp) as place
        from {TABLE} where is_sale and merchant_name is not null group by issuer, psp""",
}

# Of these only the rows themselves tell: too many values are told apart, or there is nothing to group by.
UNGROUPED: Final = {QUESTIONS["counted apart among many"], QUESTIONS["nothing to group by"]}

# Sums that only pages ask for, in groups of several kinds at once: cells tell all of it.
MOVEMENT: Final = """with payments as (
        select coalesce(card_network, '(none)') as network, coalesce(first_psp, '(none)') as psp,
            final_result = 'approved' as is_won, is_recovered, approved_reporting_amount
        from payments_silver where has_authorization
    )
    select case when grouping(network) = 0 then 'network' when grouping(psp) = 0 then 'psp' end as dimension,
        coalesce(network, psp) as name, count(*) as payments, count_if(is_won) as approved,
        sum(case when is_recovered then approved_reporting_amount end) as recovered
    from payments group by grouping sets ((network), (psp))"""
