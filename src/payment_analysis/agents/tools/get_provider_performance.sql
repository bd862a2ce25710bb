-- One row per PSP of everything in scope.
select
    psp,
    transaction_count,
    approved_count,
    approval_rate_pct,
    100 * first_attempt_rate as first_attempt_rate_pct,
    avg_latency_ms,
    avg_fee_minor,
    cast(total_value as double) as total_value
from v_psp_performance
where psp is not null
order by transaction_count desc, psp
