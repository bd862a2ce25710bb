-- One row per decline reason over all time: what it costs and how much of it can be won back.
create or replace view v_top_decline_reasons as

select
    decline_reason_detail as decline_reason,
    decline_reason_standard,
    decline_reason_group,
    decline_fault,
    count(*) as decline_count,
    100 * cast(count(*) as double) / nullif(sum(count(*)) over (), 0) as pct_of_declines,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    cast(sum(reporting_amount) as double) / nullif(count(reporting_amount), 0) as avg_amount,
    sum(reporting_amount) as total_declined_value,
    count(distinct merchant_id) as affected_merchants,
    count_if(fraud_score < 0.3) as low_risk_declines,
    100 * cast(count_if(is_retryable) as double) / nullif(count(*), 0) as recoverable_pct,
    sum(case when is_retryable then reporting_amount end) as recoverable_value,
    max(reporting_currency) as reporting_currency
from payments_enriched_silver
where is_sale and result = 'declined'
group by decline_reason_detail, decline_reason_standard, decline_reason_group, decline_fault
