-- One row per lakehouse: the headline numbers over all time.
create or replace view v_executive_kpis as

with attempts as (
    select
        count(*) as total_transactions,
        count(distinct merchant_id) as unique_merchants,
        count(distinct issuer_country) as unique_countries,
        count_if(result = 'approved') as approved_count,
        count_if(result = 'declined') as declined_count,
        count_if(result = 'pending') as pending_count,
        count_if(result = 'error') as error_count,
        count_if(is_blocked) as blocked_count,
        100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
        cast(count_if(is_approved) as double) / nullif(count(is_approved), 0) as acceptance_rate,
        cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
        cast(sum(aml_risk_score) as double) / nullif(count(aml_risk_score), 0) as avg_aml_risk_score,
        sum(reporting_amount) as total_transaction_value,
        sum(case when result = 'approved' then reporting_amount end) as approved_value,
        sum(case when result = 'declined' then reporting_amount end) as declined_value,
        cast(sum(reporting_amount) as double) / nullif(count(reporting_amount), 0) as avg_transaction_amount,
        count_if(reporting_amount is null) as transactions_without_rate,
        100 * cast(count_if(uses_3ds) as double) / nullif(count(uses_3ds), 0) as auth_3ds_usage_pct,
        min(event_timestamp) as period_start,
        max(event_timestamp) as period_end,
        max(reporting_currency) as reporting_currency
    from payments_enriched_silver
    where is_sale
),
payments as (
    select
        count(*) as total_payments,
        cast(count_if(is_first_attempt_approved) as double) / nullif(count_if(has_authorization), 0)
            as first_attempt_rate,
        cast(count_if(has_authorization and is_approved) as double) / nullif(count_if(has_authorization), 0)
            as payment_rate
    from payments_silver
)

select * from attempts cross join payments
