-- One row per lakehouse: the headline figures of the last thirty days.
select
    total_transactions,
    total_payments,
    approval_rate_pct,
    100 * acceptance_rate as acceptance_rate_pct,
    100 * first_attempt_rate as first_attempt_rate_pct,
    100 * payment_rate as payment_rate_pct,
    cast(declined_value as double) as declined_value,
    cast(total_transaction_value as double) as total_value,
    avg_fraud_score,
    auth_3ds_usage_pct,
    period_start,
    period_end,
    reporting_currency
from v_executive_kpis
