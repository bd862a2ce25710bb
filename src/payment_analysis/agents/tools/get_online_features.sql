-- One row per feature that was served last, of a source.
select
    source,
    feature_set,
    feature_name,
    feature_value,
    feature_value_str,
    entity_id,
    created_at
from v_online_features_latest
where :source is null or source = :source
order by created_at desc, feature_set, feature_name, entity_id
