-- One row per risk tier of the last seven days.
select
    silver.risk_tier,
    count(*) as transaction_count,
    count_if(silver.is_approved) as approved_count,
    100 * cast(count_if(silver.is_approved) as double) / nullif(count_if(silver.is_authorization), 0)
        as approval_rate_pct,
    count_if(silver.fraud_reported_at is not null) as fraud_reported_count,
    cast(avg(silver.fraud_score) as double) as avg_fraud_score,
    cast(sum(silver.reporting_amount) as double) as total_value
from payments_enriched_silver as silver
cross join data_clock as clock
where silver.is_sale and silver.event_timestamp > clock.as_of - interval 7 days
group by silver.risk_tier
order by avg_fraud_score desc, silver.risk_tier
