-- One row per merchant segment, over all time.
create or replace view merchant_metrics as

with segments as (
    select
        merchant_segment,
        count(*) as transactions,
        count_if(is_authorization) as authorizations,
        count_if(is_approved) as approved,
        100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
        count(distinct merchant_id) as merchants,
        sum(reporting_amount) as amount,
        cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
        100 * cast(count_if(uses_3ds) as double) / nullif(count(uses_3ds), 0) as auth_3ds_usage_pct,
        max(reporting_currency) as reporting_currency
    from payments_enriched_silver
    where is_sale
    group by merchant_segment
)

select
    merchant_segment as `Merchant Segment`,
    transactions as `Transaction Count`,
    authorizations as `Authorization Count`,
    approved as `Approved Count`,
    approval_rate_pct as `Approval Rate Pct`,
    merchants as `Unique Merchants`,
    amount as `Total Value`,
    avg_fraud_score as `Avg Fraud Score`,
    auth_3ds_usage_pct as `Auth 3DS Usage Pct`,
    reporting_currency as `Reporting Currency`
from segments
