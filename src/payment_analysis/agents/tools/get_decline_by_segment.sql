-- One row per segment and decline reason of the last thirty days.
select
    silver.merchant_segment,
    silver.decline_reason_standard as decline_reason,
    count(*) as decline_count,
    cast(sum(silver.reporting_amount) as double) as declined_value,
    cast(avg(silver.fraud_score) as double) as avg_fraud_score,
    count_if(silver.is_retryable) as retryable_count
from payments_enriched_silver as silver
cross join data_clock as clock
where silver.is_sale and silver.result = 'declined' and silver.event_timestamp > clock.as_of - interval 30 days
group by silver.merchant_segment, silver.decline_reason_standard
order by decline_count desc, silver.merchant_segment, decline_reason
