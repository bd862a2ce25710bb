-- One row per entity and feature: the latest value of the online features.
create or replace view v_online_features_latest as

select id, source, feature_set, feature_name, feature_value, feature_value_str, entity_id, created_at
from online_features
qualify row_number() over (partition by source, feature_set, feature_name, entity_id order by created_at desc) = 1
