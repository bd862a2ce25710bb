-- One row per segment and window of five minutes, of which one ends with every minute of the last day.
create or replace view online_features_stream as

with recent as (
    select date_trunc('minute', silver.event_timestamp) as minute, clock.as_of, silver.*
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and date_trunc('minute', silver.event_timestamp) > clock.as_of - interval 24 hours
),
sliding as (
    select timestampadd(minute, later.minutes, recent.minute) as last_minute, recent.*
    from recent
    cross join (select * from values (0), (1), (2), (3), (4) as listed(minutes)) as later
),
summed as (
    select
        last_minute,
        merchant_segment,
        count(*) as txn_count_5m,
        count_if(is_authorization) as authorization_count_5m,
        cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_5m,
        cast(count(reporting_amount) as double) as priced,
        cast(sum(reporting_amount) as double) as amount_sum,
        cast(sum(cast(reporting_amount as decimal(19, 3)) * reporting_amount) as double) as amount_square_sum,
        cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score_5m,
        cast(max(fraud_score) as double) as max_fraud_score_5m,
        cast(sum(processing_time_ms) as double) / nullif(count(processing_time_ms), 0) as avg_latency_ms_5m,
        count(distinct merchant_id) as unique_merchants_5m,
        100 * cast(count_if(is_cross_border) as double) / nullif(count(is_cross_border), 0) as cross_border_pct_5m,
        cast(count_if(is_retry) as double) / nullif(count(*), 0) as retry_rate_5m,
        max(reporting_currency) as reporting_currency
    from sliding
    where last_minute <= as_of
    group by last_minute, merchant_segment
)

select
    timestampadd(minute, -4, last_minute) as window_start,
    timestampadd(minute, 1, last_minute) as window_end,
    * except (last_minute, priced, amount_sum, amount_square_sum),
    amount_sum / nullif(priced, 0) as avg_amount_5m,
    case when priced > 1 then sqrt(greatest(
        (amount_square_sum - amount_sum * amount_sum / nullif(priced, 0)) / nullif(priced - 1, 0), cast(0 as double)
    )) end as stddev_amount_5m
from summed
