-- One row per merchant segment and risk tier.
select
    merchant_segment,
    risk_tier,
    transaction_count,
    approval_rate_pct,
    fraud_reported_count,
    fraud_rate_bps,
    fraud_control_blocks,
    avg_fraud_score,
    cast(fraud_reported_value as double) as fraud_reported_value
from v_fraud_risk_summary
order by fraud_reported_value desc nulls last, merchant_segment, risk_tier
