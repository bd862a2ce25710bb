-- One row per attempt: payments_enriched_silver with the minute, under the real-time pipeline's name.
create or replace view payments_stream_silver as

select *, date_trunc('minute', event_timestamp) as event_minute
from payments_enriched_silver
