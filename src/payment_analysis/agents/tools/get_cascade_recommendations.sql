-- One row per payment solution of a segment in the last thirty days, the three with the best approval that can be told apart from luck.
with tried as (
    select
        silver.payment_solution,
        count(*) as transaction_count,
        cast(count_if(silver.is_authorization) as double) as answered,
        cast(count_if(silver.is_approved) as double) as approved,
        cast(avg(silver.processing_time_ms) as double) as avg_latency_ms
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where
        silver.is_sale and silver.merchant_segment = :merchant_segment
        and silver.payment_solution is not null
        and silver.event_timestamp > clock.as_of - interval 30 days
    group by silver.payment_solution
),
judged as (
    select
        *,
        (approved + 1.9208 - 1.96 * sqrt(approved * (answered - approved) / nullif(answered, 0) + 0.9604))
        / nullif(answered + 3.8416, 0) as rate_at_least
    from tried
    where answered > 0
)

select
    row_number() over (order by rate_at_least desc, payment_solution) as position,
    payment_solution,
    transaction_count,
    100 * approved / answered as approval_rate_pct,
    100 * rate_at_least as approval_rate_low_pct,
    avg_latency_ms
from judged
order by position
