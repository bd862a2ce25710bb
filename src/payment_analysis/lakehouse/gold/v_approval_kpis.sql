-- One row per day, with attempts, over all time.
create or replace view v_approval_kpis as

select
    event_date,
    count(*) as total_transactions,
    count_if(is_authorization) as authorization_count,
    count_if(is_approved) as approved_count,
    count_if(result = 'declined') as declined_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    sum(reporting_amount) as total_value,
    sum(case when is_approved then reporting_amount end) as approved_value,
    count(distinct merchant_id) as unique_merchants,
    max(reporting_currency) as reporting_currency
from payments_enriched_silver
where is_sale
group by event_date
