-- One row per event: every event that passed the checks; another name of payments_raw_bronze.
create or replace view payments_bronze as

select * from payments_raw_bronze
