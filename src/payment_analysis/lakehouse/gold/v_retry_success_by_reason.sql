-- One row per reason that was retried, over all time.
create or replace view v_retry_success_by_reason as

with retries as (
    select
        retried_reason as decline_reason,
        count(*) as retry_attempts,
        count_if(is_authorization) as retry_authorizations,
        count_if(is_approved) as retries_approved,
        sum(case when is_approved then reporting_amount end) as recovered_value,
        cast(sum(retried_after_seconds) as double) / nullif(count(retried_after_seconds), 0)
            as avg_retried_after_seconds,
        max(reporting_currency) as reporting_currency
    from payments_enriched_silver
    where is_sale and is_retry
    group by retried_reason
),
counted as (
    select
        *,
        cast(retries_approved as double) as approved,
        cast(retry_authorizations as double) as answered
    from retries
)

select
    * except (approved, answered),
    100 * approved / nullif(answered, 0) as retry_success_rate_pct,
    case when answered > 0 then 100 * (approved + 1.9208 - 1.96 * sqrt(
        approved * (answered - approved) / nullif(answered, 0) + 0.9604
    )) / nullif(answered + 3.8416, 0) end as success_rate_low_pct,
    case when answered > 0 then 100 * (approved + 1.9208 + 1.96 * sqrt(
        approved * (answered - approved) / nullif(answered, 0) + 0.9604
    )) / nullif(answered + 3.8416, 0) end as success_rate_high_pct
from counted
