-- One row per decline reason, segment, network and action of the last thirty days, where a payment ended lost.
create or replace view v_decline_recovery_opportunities as

with lost as (
    select silver.*, reasons.actionability, reasons.recoverable_share
    from attempt_ends_silver as silver
    cross join data_clock as clock
    left join decline_reasons as reasons on silver.decline_reason_standard = reasons.decline_reason_standard
    where
        silver.result = 'declined' and silver.is_last_attempt
        and silver.event_timestamp > clock.as_of - interval 30 days
),
grouped as (
    select
        decline_reason_detail as decline_reason,
        decline_reason_standard,
        merchant_segment,
        card_network,
        recommended_action,
        actionability,
        count(*) as decline_count,
        count_if(is_retryable) as retryable_count,
        sum(reporting_amount) as potential_recovery_value,
        cast(sum(reporting_amount) as double) * max(recoverable_share) as estimated_recovery_value,
        cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
        cast(sum(device_trust_score) as double) / nullif(count(device_trust_score), 0) as avg_device_trust,
        max(reporting_currency) as reporting_currency
    from lost
    group by
        decline_reason_detail, decline_reason_standard, merchant_segment, card_network, recommended_action,
        actionability
    having count(*) >= 5
)

select
    *,
    case
        when avg_fraud_score >= 0.4 or coalesce(actionability, 'LOW') = 'LOW' then 'LOW'
        when actionability = 'HIGH' and retryable_count * 2 >= decline_count then 'HIGH'
        else 'MEDIUM'
    end as recovery_likelihood
from grouped
