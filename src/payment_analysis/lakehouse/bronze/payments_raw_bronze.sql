-- One row per event: every state of every attempt that passed the checks, as it arrived.
create or replace table payments_raw_bronze as

select * from payments_stream_input
