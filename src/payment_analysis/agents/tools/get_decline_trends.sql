-- One row per decline reason of the last thirty days.
select
    decline_reason,
    decline_reason_standard,
    decline_fault,
    decline_count,
    pct_of_declines,
    cast(total_declined_value as double) as total_declined_value,
    recoverable_pct,
    cast(recoverable_value as double) as recoverable_value
from v_top_decline_reasons
order by decline_count desc, decline_reason
