-- One row per party that can change a decline and standard reason.
select
    decline_fault,
    decline_reason_standard as decline_reason,
    decline_count,
    pct_of_declines,
    lost_payments,
    cast(lost_value as double) as lost_value,
    pct_of_lost_value,
    cast(lost_though_retryable_value as double) as lost_though_retryable_value
from v_fault_attribution
order by lost_value desc, decline_fault, decline_reason
