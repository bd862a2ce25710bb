-- One row per window of the last day, scope and alert rule: the share, what is usual, and where chance ends.
create or replace view v_control_band as

with five as (select 5 as window_minutes, date_trunc('hour', window_start) as hour, * from v_scope_health_5min),
windows as (
    select * from five
    union all
    select
        60 as window_minutes, hour, hour as window_start, scope_type, scope_value, sum(attempts) as attempts,
        sum(authorizations) as authorizations, sum(approved) as approved, sum(scored) as scored,
        sum(high_risk) as high_risk, sum(timed) as timed, sum(slow) as slow, sum(unanswered) as unanswered,
        sum(fraud_score_sum) as fraud_score_sum, sum(processing_ms_sum) as processing_ms_sum
    from five
    group by hour, scope_type, scope_value
),
usual as (select * except (window_start), window_start as hour from v_scope_health_usual),
counted as (
    select
        seen.window_start, seen.window_minutes, seen.scope_type, seen.scope_value, seen.attempts,
        rules.* except (meaning),
        case rules.metric_name when 'approval_rate_pct' then seen.authorizations when 'high_risk_pct' then seen.scored
            when 'slow_pct' then seen.timed else seen.attempts end as trials,
        case rules.metric_name when 'approval_rate_pct' then seen.approved when 'high_risk_pct' then seen.high_risk
            when 'slow_pct' then seen.slow else seen.unanswered end as hits,
        case rules.metric_name when 'approval_rate_pct' then usual.authorizations
            when 'high_risk_pct' then usual.scored when 'slow_pct' then usual.timed else usual.attempts end
            as usual_trials,
        case rules.metric_name when 'approval_rate_pct' then usual.approved when 'high_risk_pct' then usual.high_risk
            when 'slow_pct' then usual.slow else usual.unanswered end as usual_hits,
        seen.approved, seen.authorizations, seen.scored, seen.timed, seen.fraud_score_sum, seen.processing_ms_sum
    from windows as seen
    cross join alert_thresholds as rules
    left join usual
        on seen.hour = usual.hour and seen.scope_type = usual.scope_type and seen.scope_value = usual.scope_value
),
based as (
    select
        *,
        cast(case direction when 'above' then 1 else -1 end as double) as side,
        cast(hits as double) / nullif(trials, 0) as share,
        cast(usual_hits as double) / nullif(usual_trials, 0) as usual_share,
        case
            when basis = 'limit' then high_pct / 100
            when usual_trials >= trials_min then (cast(usual_hits as double) + 0.5) / nullif(usual_trials + 1, 0)
        end as middle,
        1 / nullif(cast(trials as double), 0) as trial_part,
        case when basis = 'limit' then cast(0 as double) else 1 / nullif(cast(usual_trials as double), 0) end
            as usual_part
    from counted
    where trials >= trials_min
)

select
    * except (middle, trial_part, usual_part),
    middle + side * (
        (z + side * (1 - 2 * middle) * sqrt(trial_part / nullif(middle * (1 - middle), 0)) * (z * z - 1) / 6)
        * sqrt(middle * (1 - middle) * (trial_part + usual_part)) + trial_part / 2
    ) as band_end
from based
