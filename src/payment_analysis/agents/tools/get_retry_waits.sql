-- One row per reason a retry followed and length of the wait, over everything in scope.
with waits as (
    select
        retried_reason as decline_reason,
        case
            when retried_after_seconds < 3600 then '1 below 1 h'
            when retried_after_seconds < 86400 then '2 1 to 24 h'
            when retried_after_seconds < 3 * 86400 then '3 1 to 3 days'
            when retried_after_seconds < 7 * 86400 then '4 3 to 7 days'
            else '5 7 days or more'
        end as waited,
        is_approved,
        is_authorization,
        reporting_amount
    from payments_enriched_silver
    where is_sale and is_retry and retried_after_seconds is not null and retried_reason is not null
),
counted as (
    select
        decline_reason,
        waited,
        cast(count_if(is_authorization) as double) as answered,
        cast(count_if(is_approved) as double) as approved,
        cast(sum(case when is_approved then reporting_amount end) as double) as recovered_value
    from waits
    group by decline_reason, waited
)

select
    decline_reason,
    substring(waited, 3) as waited,
    cast(answered as bigint) as retries_answered,
    cast(approved as bigint) as retries_approved,
    100 * approved / answered as success_rate_pct,
    100 * (approved + 1.9208 - 1.96 * sqrt(approved * (answered - approved) / answered + 0.9604)) / (answered + 3.8416)
        as success_rate_low_pct,
    100 * (approved + 1.9208 + 1.96 * sqrt(approved * (answered - approved) / answered + 0.9604)) / (answered + 3.8416)
        as success_rate_high_pct,
    recovered_value
from counted
where answered > 0
order by decline_reason, counted.waited
