-- One row per lakehouse: the data's own clock, which "the last 30 days" are counted from.
create or replace table data_clock as

select
    max(event_timestamp) as as_of,
    max(reporting_currency) as reporting_currency
from payments_enriched_silver
