-- One row per hour of the last seven days of data.
create or replace view v_approval_trends_hourly as

with attempts as (
    select date_trunc('hour', silver.event_timestamp) as hour, silver.*
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and silver.event_timestamp > clock.as_of - interval 7 days
)

select
    hour,
    count(*) as transaction_count,
    count_if(is_approved) as approved_count,
    count_if(result = 'declined') as decline_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    sum(reporting_amount) as total_value,
    count(distinct merchant_segment) as active_segments,
    max(reporting_currency) as reporting_currency
from attempts
group by hour
