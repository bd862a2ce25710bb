-- One row per lakehouse: what the last day of data became on its way to silver.
create or replace view v_data_quality_summary as

with landed as (
    select count(*) as landed_last_24h
    from payments_stream_input as input
    cross join data_clock as clock
    where input.event_timestamp > clock.as_of - interval 24 hours
),
checked as (
    select count(*) as bronze_last_24h
    from payments_raw_bronze as bronze
    cross join data_clock as clock
    where bronze.event_timestamp > clock.as_of - interval 24 hours
),
enriched as (
    select count(*) as silver_last_24h
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.event_timestamp > clock.as_of - interval 24 hours
),
arrived as (select max(_ingested_at) as latest_bronze_ingestion from payments_raw_bronze),
happened as (select max(event_timestamp) as latest_silver_event from payments_enriched_silver)

select
    landed.landed_last_24h,
    checked.bronze_last_24h,
    enriched.silver_last_24h,
    100 * cast(checked.bronze_last_24h as double) / nullif(landed.landed_last_24h, 0) as passed_pct_24h,
    100 * cast(enriched.silver_last_24h as double) / nullif(checked.bronze_last_24h, 0) as retention_pct_24h,
    arrived.latest_bronze_ingestion,
    happened.latest_silver_event
from landed
cross join checked
cross join enriched
cross join arrived
cross join happened
