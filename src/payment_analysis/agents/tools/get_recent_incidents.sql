-- One row per incident, of a status, the newest first.
select
    category,
    key,
    title,
    severity,
    status,
    began_at,
    resolved_at,
    created_at
from incident
where :status is null or status = :status
order by created_at desc
