-- One row per lakehouse: the last hour of data.
create or replace view v_last_hour_performance as

with last_hour as (
    select silver.*
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and silver.event_timestamp > clock.as_of - interval 1 hour
)

select
    count(*) as transactions_last_hour,
    count_if(is_authorization) as authorizations_last_hour,
    count_if(is_approved) as approved_last_hour,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    sum(reporting_amount) as total_value,
    count(distinct merchant_segment) as active_segments,
    count_if(risk_tier = 'high') as high_risk_transactions,
    count_if(result = 'declined') as declines_last_hour,
    cast(sum(processing_time_ms) as double) / nullif(count(processing_time_ms), 0) as avg_latency_ms,
    max(event_timestamp) as latest_event,
    max(reporting_currency) as reporting_currency
from last_hour
