-- One row per second, with arrivals, of the last hour of arriving.
create or replace view v_streaming_ingestion_by_second as

with latest as (select max(_ingested_at) as arrived_last from payments_raw_bronze),
arrived as (
    select date_trunc('second', bronze._ingested_at) as event_second, bronze._event_key
    from payments_raw_bronze as bronze
    cross join latest
    where bronze._ingested_at > timestampadd(hour, -1, latest.arrived_last)
)

select event_second, count(*) as bronze_record_count
from arrived
group by event_second
