-- One row per reason a retry followed and number of tries before it, of the last thirty days.
select
    silver.retried_reason as decline_reason,
    cast(silver.attempt_number - 1 as int) as tries_before,
    count(*) as retry_attempts,
    count_if(silver.is_approved) as retries_approved,
    100 * cast(count_if(silver.is_approved) as double) / nullif(count_if(silver.is_authorization), 0)
        as success_rate_pct,
    cast(sum(case when silver.is_approved then silver.reporting_amount end) as double) as recovered_value,
    cast(avg(silver.retried_after_seconds) as double) / 3600 as avg_hours_waited
from payments_enriched_silver as silver
cross join data_clock as clock
where silver.is_sale and silver.is_retry and silver.event_timestamp > clock.as_of - interval 30 days
group by silver.retried_reason, silver.attempt_number
order by retry_attempts desc, decline_reason, tries_before
