-- One row per payment solution and card network, over all time.
create or replace view v_routing_performance as

select
    payment_solution,
    card_network,
    count(*) as transaction_count,
    count_if(is_authorization) as authorization_count,
    count_if(is_approved) as approved_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    count_if(is_authorization and is_first_attempt) as first_attempts,
    cast(count_if(is_approved and is_first_attempt) as double)
    / nullif(count_if(is_authorization and is_first_attempt), 0) as first_attempt_rate,
    cast(sum(processing_time_ms) as double) / nullif(count(processing_time_ms), 0) as avg_latency_ms,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    sum(reporting_amount) as total_value,
    max(reporting_currency) as reporting_currency
from payments_enriched_silver
where is_sale
group by payment_solution, card_network
