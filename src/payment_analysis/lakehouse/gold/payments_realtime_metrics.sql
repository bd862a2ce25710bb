-- One row per minute of the last day, segment and solution.
create or replace view payments_realtime_metrics as

with recent as (
    select date_trunc('minute', silver.event_timestamp) as window_start, silver.*
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and date_trunc('minute', silver.event_timestamp) > clock.as_of - interval 24 hours
),
counted as (
    select
        window_start,
        merchant_segment,
        payment_solution,
        count(*) as transaction_count,
        count_if(is_authorization) as authorization_count,
        count_if(is_approved) as approved_count,
        cast(sum(reporting_amount) as double) / nullif(count(reporting_amount), 0) as avg_amount,
        sum(reporting_amount) as total_amount,
        cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
        cast(sum(processing_time_ms) as double) / nullif(count(processing_time_ms), 0) as avg_latency_ms,
        cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate,
        max(reporting_currency) as reporting_currency
    from recent
    group by window_start, merchant_segment, payment_solution
)

select *, timestampadd(minute, 1, window_start) as window_end
from counted
