-- One row per decline reason and segment of the last seven days, where a low-risk payment of that amount or more was given up.
select
    silver.decline_reason_standard as decline_reason,
    silver.merchant_segment,
    count(*) as given_up_count,
    count_if(silver.is_retryable) as retryable_count,
    cast(sum(silver.reporting_amount) as double) as given_up_value,
    cast(sum(silver.reporting_amount) as double) * max(reasons.recoverable_share) as estimated_recovery_value,
    cast(avg(silver.fraud_score) as double) as avg_fraud_score
from attempt_ends_silver as silver
cross join data_clock as clock
left join decline_reasons as reasons on silver.decline_reason_standard = reasons.decline_reason_standard
where
    silver.result = 'declined' and silver.is_last_attempt
    and coalesce(silver.fraud_score, 0) < 0.5 and silver.attempt_number <= 3
    and silver.reporting_amount >= :min_amount
    and silver.event_timestamp > clock.as_of - interval 7 days
group by silver.decline_reason_standard, silver.merchant_segment
having count(*) > 10
order by estimated_recovery_value desc, decline_reason, silver.merchant_segment
