-- One row per window of the last day, scope and alert rule that is broken.
create or replace view payments_stream_alerts as

with compared as (
    select
        *,
        side * (share - usual_share) as worse_by,
        case basis when 'limit' then side * (share - critical_pct / 100) else side * (share - usual_share)
            - critical_pct / 100 end as beyond_critical
    from v_control_band
    where side * (share - band_end) > 0
),
broken as (
    select
        *,
        floor(share * 1000 + 0.5) as share_permille,
        floor(usual_share * 1000 + 0.5) as usual_permille
    from compared
    where
        (basis = 'usual' and worse_by >= high_pct / 100)
        or (basis = 'limit' and coalesce(side * (usual_share - high_pct / 100) <= 0, true))
)

select
    window_start,
    timestampadd(minute, window_minutes, window_start) as window_end,
    window_minutes,
    alert_type,
    case when beyond_critical >= 0 then 'CRITICAL' else 'HIGH' end as severity,
    scope_type,
    scope_value,
    case when scope_type = 'merchant_segment' then scope_value end as merchant_segment,
    case when scope_type = 'payment_solution' then scope_value end as payment_solution,
    metric_name,
    100 * share as current_value,
    case basis when 'limit' then high_pct else 100 * band_end end as threshold_value,
    100 * usual_share as usual_value,
    trials,
    100 * cast(approved as double) / nullif(authorizations, 0) as approval_rate_pct,
    cast(fraud_score_sum as double) / nullif(scored, 0) as avg_fraud_score,
    cast(processing_ms_sum as double) / nullif(timed, 0) as avg_latency_ms,
    attempts as transaction_count,
    false_alarm_rate,
    concat(
        alert_type, ' for ', scope_type, case when scope_type = 'all' then '' else concat(' ', scope_value) end, ': ',
        metric_name, ' is ', cast(cast(share_permille / 10 as decimal(5, 1)) as string), ' over ',
        cast(trials as string), ' attempts in ', cast(window_minutes as string), ' minutes',
        case basis when 'limit' then concat(', limit ', cast(cast(high_pct as decimal(5, 1)) as string)) else '' end,
        coalesce(concat(', usual ', cast(cast(usual_permille / 10 as decimal(5, 1)) as string)), '')
    ) as alert_message
from broken
