-- One row per payment solution and card network of the last seven days.
select
    silver.payment_solution,
    silver.card_network,
    count(*) as transaction_count,
    count_if(silver.is_approved) as approved_count,
    100 * cast(count_if(silver.is_approved) as double) / nullif(count_if(silver.is_authorization), 0)
        as approval_rate_pct,
    cast(avg(silver.processing_time_ms) as double) as avg_latency_ms,
    cast(sum(silver.reporting_amount) as double) as total_value
from payments_enriched_silver as silver
cross join data_clock as clock
where silver.is_sale and silver.event_timestamp > clock.as_of - interval 7 days
group by silver.payment_solution, silver.card_network
order by transaction_count desc, silver.payment_solution, silver.card_network
