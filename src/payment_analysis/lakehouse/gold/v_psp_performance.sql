-- One row per PSP over all time: on first attempts, which compares fairly, and on all attempts, which misleads.
create or replace view v_psp_performance as

select
    psp,
    count(*) as transaction_count,
    count_if(is_authorization) as authorization_count,
    count_if(is_approved) as approved_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    count_if(is_authorization and is_first_attempt) as first_attempts,
    count_if(is_approved and is_first_attempt) as first_attempts_approved,
    cast(count_if(is_approved and is_first_attempt) as double)
    / nullif(count_if(is_authorization and is_first_attempt), 0) as first_attempt_rate,
    count_if(is_authorization and is_retry) as retries,
    count_if(is_approved and is_retry) as retries_approved,
    cast(count_if(is_approved and is_retry) as double) / nullif(count_if(is_authorization and is_retry), 0)
        as retry_success_rate,
    cast(count_if(is_authorization and is_retry) as double) / nullif(count_if(is_authorization), 0) as retry_share,
    count_if(is_blocked) as blocked_count,
    sum(reporting_amount) as total_value,
    sum(case when is_approved then reporting_amount end) as approved_value,
    sum(case when is_authorization and is_first_attempt then reporting_amount end) as first_attempts_value,
    sum(case when is_approved and is_first_attempt then reporting_amount end) as first_attempts_approved_value,
    cast(sum(reporting_amount) as double) / nullif(count(reporting_amount), 0) as avg_amount,
    cast(sum(processing_time_ms) as double) / nullif(count(processing_time_ms), 0) as avg_latency_ms,
    cast(sum(psp_fee_minor) as double) / nullif(count(psp_fee_minor), 0) as avg_fee_minor,
    max(reporting_currency) as reporting_currency
from payments_enriched_silver
where is_sale
group by psp
