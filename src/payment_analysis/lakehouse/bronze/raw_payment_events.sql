-- One row per event: every event as it arrived; another name of payments_stream_input.
create or replace view raw_payment_events as

select * from payments_stream_input
