-- One row per BIN and network of the last thirty days.
create or replace view v_bin_performance as

with recent as (
    select silver.*
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.card_bin is not null and silver.event_timestamp > clock.as_of - interval 30 days
),
bins as (
    select
        card_bin,
        card_network,
        max(issuer) as issuer,
        max(issuer_country) as issuer_country,
        max(payment_method_type) as payment_method_type,
        count_if(is_sale) as transaction_count,
        count_if(is_authorization) as authorization_count,
        count_if(is_sale and is_approved) as approved_count,
        100 * cast(count_if(is_sale and is_approved) as double) / nullif(count_if(is_authorization), 0)
            as approval_rate_pct,
        count_if(is_authorization and is_first_attempt) as first_attempts,
        count_if(is_authorization and is_approved and is_first_attempt) as first_attempts_approved,
        count_if(not is_sale) as verification_count,
        count_if(decline_reason_group = 'security') as security_declines,
        count_if(decline_reason_group = 'card') as card_declines,
        count_if(is_blocked) as blocked_count,
        count_if(is_approved and fraud_reported_at is not null) as fraud_reported_count,
        cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
        count(distinct merchant_id) as merchants,
        sum(case when is_sale then reporting_amount end) as total_value,
        sum(case when is_sale and is_approved then reporting_amount end) as approved_value,
        max(reporting_currency) as reporting_currency
    from recent
    group by card_bin, card_network
),
counted as (
    select *, cast(first_attempts_approved as double) as approved, cast(first_attempts as double) as answered
    from bins
)

select
    * except (approved, answered),
    approved / nullif(answered, 0) as first_attempt_rate,
    case when answered > 0 then (approved + 1.9208 - 1.96 * sqrt(
        approved * (answered - approved) / nullif(answered, 0) + 0.9604
    )) / nullif(answered + 3.8416, 0) end as first_attempt_rate_low,
    case when answered > 0 then (approved + 1.9208 + 1.96 * sqrt(
        approved * (answered - approved) / nullif(answered, 0) + 0.9604
    )) / nullif(answered + 3.8416, 0) end as first_attempt_rate_high
from counted
