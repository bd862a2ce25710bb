-- One row per recommendation that the lakehouse holds, of a source.
select
    context_summary,
    recommended_action,
    score,
    source_type,
    created_at
from v_recommendations_from_lakehouse
where :source_type is null or source_type = :source_type
order by score desc, context_summary
