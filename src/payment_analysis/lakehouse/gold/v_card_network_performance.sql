-- One row per card network of the last thirty days.
create or replace view v_card_network_performance as

with recent as (
    select silver.*
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and silver.event_timestamp > clock.as_of - interval 30 days
)

select
    card_network,
    count(*) as transaction_count,
    count_if(is_authorization) as authorization_count,
    count_if(is_approved) as approved_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    cast(sum(reporting_amount) as double) / nullif(count(reporting_amount), 0) as avg_amount,
    sum(reporting_amount) as total_value,
    cast(sum(processing_time_ms) as double) / nullif(count(processing_time_ms), 0) as avg_latency_ms,
    max(reporting_currency) as reporting_currency
from recent
group by card_network
