-- One row per reason that was retried, number of the retry, PSP switch and scenario, over the last thirty days.
create or replace view v_retry_performance as

with recent as (
    select silver.*, silver.attempt_number - 1 as retries_made
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and silver.event_timestamp > clock.as_of - interval 30 days
),
baseline as (
    select
        100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as baseline_approval_pct
    from recent
    where not is_retry
),
retries as (
    select
        retried_reason as decline_reason,
        retried_reason as decline_reason_standard,
        retries_made as retry_count,
        psp_switched,
        retry_scenario,
        count(*) as retry_attempts,
        count_if(is_authorization) as retry_authorizations,
        count_if(is_approved) as retries_approved,
        100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as retry_success_rate_pct,
        cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
        sum(case when is_approved then reporting_amount end) as recovered_value,
        cast(sum(retried_after_seconds) as double) / nullif(count(retried_after_seconds), 0)
            as avg_time_since_last_attempt_s,
        cast(sum(prior_approved_count) as double) / nullif(count(prior_approved_count), 0) as avg_prior_approvals,
        max(reporting_currency) as reporting_currency
    from recent
    where is_retry
    group by retried_reason, retries_made, psp_switched, retry_scenario
)

select
    retries.*,
    retries.retry_success_rate_pct as success_rate_pct,
    baseline.baseline_approval_pct,
    retries.retry_success_rate_pct - baseline.baseline_approval_pct as incremental_lift_pct,
    case
        when retries.retry_success_rate_pct > 40 then 'Effective'
        when retries.retry_success_rate_pct > 20 then 'Moderate'
        when retries.retry_success_rate_pct >= 0 then 'Low'
    end as effectiveness
from retries
cross join baseline
