-- One row per segment and risk tier of the last thirty days: scores, blocks, approvals and reported fraud.
create or replace view v_fraud_risk_summary as

with recent as (
    select silver.*, coalesce(silver.is_approved, false) and silver.fraud_reported_at is not null as is_fraud
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and silver.event_timestamp > clock.as_of - interval 30 days
)

select
    merchant_segment,
    risk_tier,
    count(*) as transaction_count,
    count_if(is_authorization) as authorization_count,
    count_if(is_approved) as approved_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    count_if(is_blocked) as blocked_count,
    count_if(is_blocked and declined_by_resolved = 'fraud_control') as fraud_control_blocks,
    count_if(result = 'declined' and decline_reason_group = 'fraud') as fraud_declines,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    cast(sum(aml_risk_score) as double) / nullif(count(aml_risk_score), 0) as avg_aml_risk_score,
    cast(sum(device_trust_score) as double) / nullif(count(device_trust_score), 0) as avg_device_trust_score,
    cast(sum(composite_risk_score) as double) / nullif(count(composite_risk_score), 0) as avg_composite_risk_score,
    count_if(is_fraud) as fraud_reported_count,
    10000 * cast(count_if(is_fraud) as double) / nullif(count_if(is_approved), 0) as fraud_rate_bps,
    sum(case when is_fraud then reporting_amount end) as fraud_reported_value,
    10000 * cast(sum(case when is_fraud then reporting_amount end) as double)
    / nullif(sum(case when is_approved then reporting_amount end), 0) as fraud_value_rate_bps,
    100 * cast(count_if(uses_3ds) as double) / nullif(count(uses_3ds), 0) as auth_3ds_usage_pct,
    sum(reporting_amount) as total_value,
    max(reporting_currency) as reporting_currency
from recent
group by merchant_segment, risk_tier
