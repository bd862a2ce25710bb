-- One row per day, with attempts, of the last ninety days of data.
create or replace view v_daily_trends as

with attempts as (
    select
        silver.event_date,
        count(*) as transactions,
        count_if(silver.is_approved) as approved_count,
        count_if(silver.result = 'declined') as decline_count,
        100 * cast(count_if(silver.is_approved) as double) / nullif(count_if(silver.is_authorization), 0)
            as approval_rate,
        cast(sum(silver.fraud_score) as double) / nullif(count(silver.fraud_score), 0) as avg_fraud_score,
        sum(silver.reporting_amount) as total_value,
        max(silver.reporting_currency) as reporting_currency
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and silver.event_date > cast(clock.as_of as date) - interval 90 days
    group by silver.event_date
),
payments as (
    select
        first_attempt_on,
        count(*) as payments,
        cast(count_if(is_first_attempt_approved) as double) / nullif(count_if(has_authorization), 0)
            as first_attempt_rate,
        cast(count_if(has_authorization and is_approved) as double) / nullif(count_if(has_authorization), 0)
            as payment_rate
    from payments_silver
    group by first_attempt_on
)

select
    attempts.*,
    attempts.transactions - lag(attempts.transactions) over (order by attempts.event_date) as dod_volume_change,
    coalesce(payments.payments, 0) as payments,
    payments.first_attempt_rate,
    payments.payment_rate
from attempts
left join payments on attempts.event_date = payments.first_attempt_on
