-- One row per lakehouse: the last sixty seconds of data.
create or replace view v_last_60_seconds_performance as

with last_minute as (
    select silver.*
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and silver.event_timestamp > clock.as_of - interval 60 seconds
)

select
    count(*) as transactions_last_60s,
    count_if(is_authorization) as authorizations_last_60s,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    sum(reporting_amount) as total_value,
    count_if(result = 'declined') as declines_last_60s,
    max(event_timestamp) as latest_event,
    max(reporting_currency) as reporting_currency
from last_minute
