-- One row per segment, network, issuer country, day and decline reason, over all time.
create or replace view payment_metrics as

with cells as (
    select
        merchant_segment,
        card_network,
        issuer_country,
        event_date,
        decline_reason_detail,
        count(*) as transactions,
        count_if(is_authorization) as authorizations,
        count_if(is_approved) as approved,
        count_if(result = 'declined') as declined,
        sum(reporting_amount) as amount,
        sum(case when is_approved then reporting_amount end) as approved_amount,
        sum(case when result = 'declined' then reporting_amount end) as declined_amount,
        cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
        count(distinct merchant_id) as merchants,
        max(reporting_currency) as reporting_currency
    from payments_enriched_silver
    where is_sale
    group by merchant_segment, card_network, issuer_country, event_date, decline_reason_detail
)

select
    merchant_segment as `Merchant Segment`,
    card_network as `Card Network`,
    issuer_country as `Issuer Country`,
    event_date as `Event Date`,
    decline_reason_detail as `Decline Reason`,
    transactions as `Total Transactions`,
    authorizations as `Authorization Count`,
    approved as `Approved Count`,
    declined as `Declined Count`,
    100 * cast(sum(approved) over cell as double) / nullif(sum(authorizations) over cell, 0) as `Approval Rate Pct`,
    amount as `Total Amount`,
    approved_amount as `Approved Value`,
    declined_amount as `Declined Value`,
    avg_fraud_score as `Avg Fraud Score`,
    merchants as `Unique Merchants`,
    reporting_currency as `Reporting Currency`
from cells
window cell as (partition by merchant_segment, card_network, issuer_country, event_date)
