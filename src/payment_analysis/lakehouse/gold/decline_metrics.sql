-- One row per decline reason, segment and network, over all time.
create or replace view decline_metrics as

with declines as (
    select
        decline_reason_detail,
        merchant_segment,
        card_network,
        count(*) as declines,
        sum(reporting_amount) as amount,
        cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
        cast(sum(reporting_amount) as double) / nullif(count(reporting_amount), 0) as avg_amount,
        count(distinct merchant_id) as merchants,
        max(reporting_currency) as reporting_currency
    from payments_enriched_silver
    where is_sale and result = 'declined'
    group by decline_reason_detail, merchant_segment, card_network
)

select
    decline_reason_detail as `Decline Reason`,
    merchant_segment as `Merchant Segment`,
    card_network as `Card Network`,
    declines as `Decline Count`,
    amount as `Total Declined Value`,
    avg_fraud_score as `Avg Fraud Score`,
    avg_amount as `Avg Amount`,
    merchants as `Affected Merchants`,
    reporting_currency as `Reporting Currency`
from declines
