-- One row per dimension: how many attempts carry a value for it.
create or replace view v_dimension_coverage as

with counted as (
    select
        count(*) as attempts,
        count(merchant_id) as merchant_id, count(merchant_segment) as merchant_segment,
        count(merchant_country) as merchant_country, count(merchant_name) as merchant_name,
        count(cardholder_id) as cardholder_id, count(card_token_id) as card_token_id,
        count(card_network) as card_network, count(card_bin) as card_bin,
        count(payment_method_type) as payment_method_type, count(issuer) as issuer,
        count(issuer_country) as issuer_country, count(geo_country) as geo_country, count(psp) as psp,
        count(wallet) as wallet, count(mcc) as mcc, count(entry_system) as entry_system,
        count(entry_mode) as entry_mode, count(flow_type) as flow_type, count(payment_solution) as payment_solution,
        count(initiator) as initiator, count(is_recurring) as is_recurring, count(device_type) as device_type,
        count(uses_3ds) as uses_3ds, count(three_ds_trans_status) as three_ds_trans_status, count(eci) as eci,
        count(is_network_token) as is_network_token, count(installments) as installments,
        count(fraud_score) as fraud_score, count(aml_risk_score) as aml_risk_score,
        count(device_trust_score) as device_trust_score, count(processing_time_ms) as processing_time_ms,
        count(psp_fee_minor) as psp_fee_minor, count(reporting_amount) as reporting_amount,
        count_if(result = 'declined') as declined,
        count_if(result = 'declined' and decline_code_raw is not null) as decline_code_raw,
        count_if(result = 'declined' and decline_reason is not null) as decline_reason,
        count_if(result = 'declined' and merchant_advice_code is not null) as merchant_advice_code
    from payments_enriched_silver
)

select
    dimension,
    case
        when dimension in ('decline_code_raw', 'decline_reason', 'merchant_advice_code') then declined
        else attempts
    end as attempts,
    attempts_with_value,
    cast(attempts_with_value as double) / nullif(
        case
            when dimension in ('decline_code_raw', 'decline_reason', 'merchant_advice_code') then declined
            else attempts
        end, 0
    ) as coverage
from counted unpivot (
    attempts_with_value for dimension in (
        merchant_id, merchant_segment, merchant_country, merchant_name, cardholder_id, card_token_id, card_network,
        card_bin, payment_method_type, issuer, issuer_country, geo_country, psp, wallet, mcc, entry_system,
        entry_mode, flow_type, payment_solution, initiator, is_recurring, device_type, uses_3ds,
        three_ds_trans_status, eci, is_network_token, installments, fraud_score, aml_risk_score,
        device_trust_score, processing_time_ms, psp_fee_minor, reporting_amount, decline_code_raw, decline_reason,
        merchant_advice_code
    )
)
