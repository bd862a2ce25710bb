-- One row per lakehouse: transactions of the last day that were reported more than once.
create or replace view v_dedup_collision_stats as

with keys as (
    select
        silver.canonical_transaction_key,
        count(*) as reports,
        count(distinct silver.entry_system) as entry_systems
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.canonical_transaction_key is not null and silver.event_timestamp > clock.as_of - interval 24 hours
    group by silver.canonical_transaction_key
)

select
    count(*) as keys,
    count_if(reports > 1) as colliding_keys,
    count_if(entry_systems > 1) as keys_across_entry_systems,
    cast(sum(case when reports > 1 then reports end) as double) / nullif(count_if(reports > 1), 0) as avg_rows_per_key,
    cast(sum(case when reports > 1 then entry_systems end) as double) / nullif(count_if(reports > 1), 0)
        as avg_entry_systems_per_key,
    cast(sum(case when reports > 1 then reports end) as double) / nullif(count_if(reports > 1), 0)
        as avg_transaction_ids_per_key
from keys
