-- One row per hour, with attempts, of the last seven days of data.
create or replace view v_silver_processed_hourly as

with attempts as (
    select date_trunc('hour', silver.event_timestamp) as hour, silver.transaction_id
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.event_timestamp > clock.as_of - interval 7 days
)

select hour, count(*) as silver_record_count
from attempts
group by hour
