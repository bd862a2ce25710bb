-- One row per alert rule and scope that was broken within the last hour of data.
create or replace view v_active_alerts as

with last_hour as (
    select min(silver.event_timestamp) as since
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and silver.event_timestamp > clock.as_of - interval 1 hour
),
followed as (
    select
        *,
        max(window_end) over (
            partition by alert_type, scope_type, scope_value order by window_start, window_minutes
            rows between unbounded preceding and 1 preceding
        ) as broken_until
    from payments_stream_alerts
),
begun as (
    select
        *,
        max(
            case when coalesce(unix_seconds(window_start) - unix_seconds(broken_until) > 3600, true)
                then window_start end
        ) over (
            partition by alert_type, scope_type, scope_value order by window_start, window_minutes
            rows between unbounded preceding and current row
        ) as first_detected
    from followed
),
latest as (
    select *
    from begun
    qualify row_number() over (
        partition by alert_type, scope_type, scope_value order by window_end desc, window_minutes
    ) = 1
)

select
    latest.alert_type,
    latest.severity,
    latest.scope_type,
    latest.scope_value,
    latest.metric_name,
    latest.current_value,
    latest.threshold_value,
    latest.usual_value,
    latest.transaction_count,
    latest.window_minutes,
    latest.alert_message,
    latest.first_detected,
    latest.window_end as last_detected,
    latest.false_alarm_rate
from latest
cross join last_hour
where latest.window_end > last_hour.since
