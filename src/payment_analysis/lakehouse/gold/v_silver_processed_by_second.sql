-- One row per second, with attempts, of the last hour of data.
create or replace view v_silver_processed_by_second as

with attempts as (
    select date_trunc('second', silver.event_timestamp) as event_second, silver.transaction_id
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.event_timestamp > clock.as_of - interval 1 hour
)

select event_second, count(*) as silver_record_count
from attempts
group by event_second
