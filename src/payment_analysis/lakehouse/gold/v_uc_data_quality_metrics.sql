-- One row per table: the latest verdict on its quality.
create or replace view v_uc_data_quality_metrics as

select *
from data_quality_results
qualify row_number() over (partition by table_name order by event_time desc, overall_status desc) = 1
