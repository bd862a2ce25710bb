-- One row per issuer and country of the last thirty days.
create or replace view v_issuer_performance as

with recent as (
    select silver.*
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and silver.event_timestamp > clock.as_of - interval 30 days
),
issuers as (
    select
        issuer,
        issuer_country,
        count(*) as transaction_count,
        count_if(is_authorization) as authorization_count,
        count_if(is_approved) as approved_count,
        100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
        count_if(is_authorization and is_first_attempt) as first_attempts,
        count_if(is_approved and is_first_attempt) as first_attempts_approved,
        count_if(is_authorization and not is_approved) as issuer_declines,
        count_if(is_authorization and decline_reason_standard = 'ISSUER_DO_NOT_HONOR') as do_not_honor_declines,
        count_if(is_authorization and decline_reason_standard = 'ISSUER_TECHNICAL') as technical_declines,
        count_if(is_authorization and decline_reason_group = 'funds') as funds_declines,
        count_if(is_authorization and decline_reason_group = 'fraud') as fraud_declines,
        count_if(result = 'pending') as pending_count,
        count_if(is_approved and fraud_reported_at is not null) as fraud_reported_count,
        100 * cast(count_if(uses_3ds) as double) / nullif(count(uses_3ds), 0) as auth_3ds_usage_pct,
        100 * cast(count_if(is_network_token) as double) / nullif(count(is_network_token), 0) as network_token_pct,
        cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
        cast(sum(processing_time_ms) as double) / nullif(count(processing_time_ms), 0) as avg_latency_ms,
        count(distinct card_bin) as bins,
        sum(reporting_amount) as total_value,
        sum(case when is_approved then reporting_amount end) as approved_value,
        max(reporting_currency) as reporting_currency
    from recent
    group by issuer, issuer_country
),
counted as (
    select *, cast(first_attempts_approved as double) as approved, cast(first_attempts as double) as answered
    from issuers
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
