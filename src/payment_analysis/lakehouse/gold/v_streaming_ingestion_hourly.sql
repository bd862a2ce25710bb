-- One row per hour, with arrivals, of the last seven days of arriving.
create or replace view v_streaming_ingestion_hourly as

with latest as (select max(_ingested_at) as arrived_last from payments_raw_bronze),
arrived as (
    select date_trunc('hour', bronze._ingested_at) as hour, bronze._event_key
    from payments_raw_bronze as bronze
    cross join latest
    where bronze._ingested_at > timestampadd(day, -7, latest.arrived_last)
)

select hour, count(*) as bronze_record_count
from arrived
group by hour
