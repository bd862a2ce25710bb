-- One row per attempt: payments_enriched_silver under the continuous processor's name.
create or replace view payments_realtime_silver as

select * from payments_enriched_silver
