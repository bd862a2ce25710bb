-- One row per alert rule and scope that was broken within the last hour of data.
select
    alert_type,
    severity,
    scope_type,
    scope_value,
    metric_name,
    current_value,
    threshold_value,
    usual_value,
    transaction_count,
    alert_message,
    first_detected,
    last_detected
from v_active_alerts
order by severity, first_detected, alert_type, scope_type, scope_value
