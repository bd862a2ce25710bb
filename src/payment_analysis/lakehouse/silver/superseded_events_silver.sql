-- One row per event that a later state of the same attempt replaced.
create or replace view superseded_events_silver as

with repeated as (
    select transaction_id
    from payments_raw_bronze
    group by transaction_id
    having count(*) > 1
)

select event._event_key
from payments_raw_bronze as event
inner join repeated on event.transaction_id = repeated.transaction_id
qualify row_number() over (
    partition by event.transaction_id
    order by
        coalesce(event.updated_at, event.event_timestamp) desc,
        case when event.result = 'pending' then 1 else 0 end,
        event._ingested_at desc,
        event._event_key desc
) > 1
