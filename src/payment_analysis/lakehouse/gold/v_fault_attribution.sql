-- One row per party at fault and standard reason of the last thirty days: who could have changed what was lost.
create or replace view v_fault_attribution as

with recent as (
    select
        silver.*,
        case when silver.is_last_attempt then silver.reporting_amount end as lost_amount
    from attempt_ends_silver as silver
    cross join data_clock as clock
    where
        silver.result = 'declined' and silver.event_timestamp > clock.as_of - interval 30 days
)

select
    decline_fault,
    decline_reason_standard,
    decline_reason_group,
    count(*) as decline_count,
    100 * cast(count(*) as double) / nullif(sum(count(*)) over (), 0) as pct_of_declines,
    sum(reporting_amount) as declined_value,
    count_if(is_blocked) as blocked_count,
    count_if(is_last_attempt) as lost_payments,
    100 * cast(count_if(is_last_attempt) as double) / nullif(sum(count_if(is_last_attempt)) over (), 0)
        as pct_of_lost_payments,
    sum(lost_amount) as lost_value,
    100 * cast(sum(lost_amount) as double) / nullif(sum(sum(lost_amount)) over (), 0) as pct_of_lost_value,
    count_if(is_last_attempt and is_retryable) as lost_though_retryable,
    sum(case when is_retryable then lost_amount end) as lost_though_retryable_value,
    count(distinct merchant_id) as affected_merchants,
    max(reporting_currency) as reporting_currency
from recent
group by decline_fault, decline_reason_standard, decline_reason_group
