-- One row per segment, issuer country and risk tier, over all time.
create or replace view v_risk_signals as

select
    merchant_segment,
    issuer_country,
    risk_tier,
    count(*) as transaction_count,
    count_if(is_authorization) as authorization_count,
    count_if(is_approved) as approved_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    cast(sum(aml_risk_score) as double) / nullif(count(aml_risk_score), 0) as avg_aml_score,
    cast(sum(composite_risk_score) as double) / nullif(count(composite_risk_score), 0) as avg_composite_risk,
    count_if(is_approved and fraud_reported_at is not null) as fraud_reported_count,
    sum(reporting_amount) as total_value,
    max(reporting_currency) as reporting_currency
from payments_enriched_silver
where is_sale
group by merchant_segment, issuer_country, risk_tier
