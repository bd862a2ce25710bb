-- One row per lakehouse: what the last day brought, what was rejected and when something last arrived.
select
    landed_last_24h,
    bronze_last_24h,
    silver_last_24h,
    passed_pct_24h,
    retention_pct_24h,
    latest_bronze_ingestion,
    latest_silver_event
from v_data_quality_summary
