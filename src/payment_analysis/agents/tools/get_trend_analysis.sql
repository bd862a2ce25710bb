-- One row per day of the last thirty, the newest first.
select
    event_date,
    transactions,
    approved_count,
    decline_count,
    approval_rate as approval_rate_pct,
    100 * first_attempt_rate as first_attempt_rate_pct,
    100 * payment_rate as payment_rate_pct,
    cast(total_value as double) as total_value
from v_daily_trends
order by event_date desc
