-- One row per decline reason, segment, remedy and likelihood of the last thirty days: what to do and what it may bring.
create or replace view v_recommendations as

with lost as (
    select
        decline_reason,
        decline_reason_standard,
        merchant_segment,
        recommended_action,
        recovery_likelihood as recovery_potential,
        sum(decline_count) as decline_count,
        sum(potential_recovery_value) as potential_recovery_value,
        max(reporting_currency) as reporting_currency
    from v_decline_recovery_opportunities
    group by decline_reason, decline_reason_standard, merchant_segment, recommended_action, recovery_likelihood
),
valued as (
    select
        lost.*,
        reasons.default_action as recommendation,
        reasons.recoverable_share,
        cast(lost.potential_recovery_value as double) * reasons.recoverable_share as estimated_recovery_value
    from lost
    left join decline_reasons as reasons on lost.decline_reason_standard = reasons.decline_reason_standard
)

select
    *,
    case when estimated_recovery_value > 10000 then 1 when estimated_recovery_value > 1000 then 2 else 3 end as priority
from valued
