-- One row per second, with events, of the last hour of data.
create or replace view v_streaming_volume_per_second as

with events as (
    select date_trunc('second', landed.event_timestamp) as event_second, landed._event_key
    from payments_stream_input as landed
    cross join data_clock as clock
    where landed.event_timestamp > clock.as_of - interval 1 hour
)

select event_second, count(*) as records_per_second
from events
group by event_second
