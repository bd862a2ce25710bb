-- One row per attempt of the last day whose fraud score is at or above a threshold, the riskiest first.
select
    silver.transaction_id,
    silver.event_timestamp,
    silver.merchant_segment,
    silver.issuer_country,
    silver.card_network,
    silver.card_bin,
    cast(silver.reporting_amount as double) as amount,
    cast(silver.fraud_score as double) as fraud_score,
    silver.result,
    silver.decline_reason_standard as decline_reason
from payments_enriched_silver as silver
cross join data_clock as clock
where silver.is_sale and silver.fraud_score >= :threshold and silver.event_timestamp > clock.as_of - interval 1 day
order by silver.fraud_score desc, amount desc, silver.transaction_id
