-- One row per attempt, in its last known state, with every derived column.
create or replace table payments_enriched_silver as

with priced as (
    select
        linked.*,
        case when rate = 1 then amount else cast(cast(amount as decimal(20, 3)) * rate as decimal(18, 3)) end
            as reporting_amount,
        case
            when is_grouped then attempt_number > 1 and not coalesce(follows_approval, false)
            else coalesce(source_is_retry, retry_count > 0, false)
        end as is_retry
    from attempts_linked_silver as linked
)

select
    priced.* except (_event_key, rate, major_units, follows_approval, previous_timestamp, is_grouped),
    case result when 'approved' then true when 'declined' then false end as is_approved,
    cast(case result when 'approved' then 100 when 'declined' then 0 end as double) as approval_rate_pct,
    is_sale and (
        result = 'approved' or (result = 'declined' and declined_by_resolved in ('issuer', 'network'))
    ) as is_authorization,
    is_sale and result = 'declined' and declined_by_resolved not in ('issuer', 'network') as is_blocked,
    attempt_number = 1 and not is_retry as is_first_attempt,
    psp <> retried_psp as psp_switched,
    unix_seconds(event_timestamp) - unix_seconds(previous_timestamp) as retried_after_seconds,
    issuer_country <> merchant_country as is_cross_border,
    event_timestamp as event_time,
    hour(event_timestamp) as event_hour,
    dayofweek(event_timestamp) as event_day_of_week,
    case when card_token_id is not null and merchant_id is not null then md5(concat_ws(
        '|', merchant_id, card_token_id, cast(amount_minor as string), currency,
        cast(unix_seconds(event_timestamp) div 60 as string)
    )) end as canonical_transaction_key,
    case when fraud_score > 0.7 then 'high' when fraud_score > 0.3 then 'medium' when fraud_score >= 0 then 'low' end
        as risk_tier,
    case
        when reporting_amount < 50 then 'micro' when reporting_amount < 200 then 'small'
        when reporting_amount < 500 then 'medium' when reporting_amount < 1000 then 'large'
        when reporting_amount >= 1000 then 'very_large'
    end as amount_bucket,
    0.5 * fraud_score + 0.3 * aml_risk_score + 0.2 * (1 - device_trust_score) as composite_risk_score,
    case when coalesce(is_recurring, false) then 'PaymentRecurrence' when is_retry then 'PaymentRetry' else 'None' end
        as retry_scenario,
    nullif(concat_ws(
        '+',
        concat('antifraud=', antifraud_result),
        case when coalesce(three_ds_routed, uses_3ds, false) then
            case three_ds_friction when true then '3ds=challenge' when false then '3ds=frictionless' else '3ds' end end,
        case when idpay_invoked then if(coalesce(idpay_success, false), 'idpay=success', 'idpay=fail') end,
        case when is_network_token then 'network_token' end,
        case when has_passkey then 'passkey' end,
        case when data_only_used then 'data_only' end,
        case when click_to_pay_used then 'click_to_pay' end,
        case when vault_used then 'vault' end
    ), '') as service_path,
    unix_seconds(event_timestamp) - unix_seconds(previous_attempt_time) as time_since_last_attempt_seconds,
    case merchant_risk_tier when 'high' then 1 when 'medium' then 2 else 3 end as merchant_retry_policy_max_attempts,
    _ingested_at as _processed_at
from priced
