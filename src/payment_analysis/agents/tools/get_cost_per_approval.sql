-- One row per PSP of the last thirty days: speed and what an approval costs.
select
    silver.psp,
    count(*) as transaction_count,
    cast(count_if(silver.is_approved) as bigint) as approved_count,
    percentile_approx(silver.processing_time_ms, 0.95) as latency_p95_ms,
    100 * cast(count_if(silver.result in ('pending', 'error')) as double) / count(*) as unanswered_pct,
    cast(sum(silver.reporting_amount * silver.psp_fee_minor / nullif(silver.amount_minor, 0)) as double)
        as fees,
    cast(sum(silver.reporting_amount * silver.psp_fee_minor / nullif(silver.amount_minor, 0)) as double)
    / nullif(count_if(silver.is_approved), 0) as fee_per_approval,
    cast(sum(case when silver.is_approved then silver.reporting_amount end) as double) as approved_value
from payments_enriched_silver as silver
cross join data_clock as clock
where silver.is_sale and silver.psp is not null and silver.event_timestamp > clock.as_of - interval 30 days
group by silver.psp
order by transaction_count desc, silver.psp
