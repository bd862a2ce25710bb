-- One row per decline reason, entry system, flow and segment, over all time.
create or replace view v_decline_patterns as

with patterns as (
    select
        silver.decline_reason_detail as decline_reason,
        silver.decline_reason_standard,
        silver.decline_reason_group,
        silver.entry_system,
        silver.flow_type,
        silver.merchant_segment,
        reasons.actionability,
        count(*) as decline_count,
        count_if(silver.is_last_attempt) as lost_count,
        cast(sum(silver.fraud_score) as double) / nullif(count(silver.fraud_score), 0) as avg_fraud_score,
        cast(sum(silver.device_trust_score) as double) / nullif(count(silver.device_trust_score), 0)
            as avg_device_trust,
        cast(sum(silver.composite_risk_score) as double) / nullif(count(silver.composite_risk_score), 0)
            as avg_composite_risk,
        sum(silver.reporting_amount) as total_declined_value,
        count(distinct silver.merchant_id) as affected_merchants,
        max(silver.reporting_currency) as reporting_currency
    from attempt_ends_silver as silver
    left join decline_reasons as reasons on silver.decline_reason_standard = reasons.decline_reason_standard
    where silver.result = 'declined'
    group by
        silver.decline_reason_detail, silver.decline_reason_standard, silver.decline_reason_group,
        silver.entry_system, silver.flow_type, silver.merchant_segment, reasons.actionability
)

select
    *,
    case
        when avg_fraud_score >= 0.5 or coalesce(actionability, 'LOW') = 'LOW' then 'LOW'
        when actionability = 'HIGH' and coalesce(avg_fraud_score, 0) < 0.3 and coalesce(avg_device_trust, 1) > 0.6
            then 'HIGH'
        else 'MEDIUM'
    end as recovery_potential
from patterns
