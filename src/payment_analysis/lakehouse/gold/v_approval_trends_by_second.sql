-- One row per second, with attempts, of the last hour of data.
create or replace view v_approval_trends_by_second as

with attempts as (
    select date_trunc('second', silver.event_timestamp) as event_second, silver.*
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and silver.event_timestamp > clock.as_of - interval 1 hour
)

select
    event_second,
    count(*) as transaction_count,
    count_if(is_authorization) as authorization_count,
    count_if(is_approved) as approved_count,
    count_if(result = 'declined') as decline_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    sum(reporting_amount) as total_value,
    count(distinct merchant_segment) as active_segments,
    max(reporting_currency) as reporting_currency
from attempts
group by event_second
