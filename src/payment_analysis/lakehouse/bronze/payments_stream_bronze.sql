-- One row per event: every event that passed the checks; the stream's name of payments_raw_bronze.
create or replace view payments_stream_bronze as

select * from payments_raw_bronze
