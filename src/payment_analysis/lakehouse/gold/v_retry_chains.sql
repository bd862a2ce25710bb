-- One row per position in the payment and PSP switch: how often it is reached, how it ends, and what it approves.
create or replace view v_retry_chains as

select
    position_in_payment,
    psp_switched,
    count(*) as attempts,
    count_if(is_authorization) as authorizations,
    count_if(is_approved) as approved,
    cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as success_rate,
    count_if(is_last_attempt) as payments_ending_here,
    count_if(is_last_attempt and is_approved) as payments_ending_here_approved,
    sum(case when is_approved then reporting_amount end) as approved_value,
    cast(sum(retried_after_seconds) as double) / nullif(count(retried_after_seconds), 0) as avg_retried_after_seconds,
    max(reporting_currency) as reporting_currency
from attempt_ends_silver
group by position_in_payment, psp_switched
