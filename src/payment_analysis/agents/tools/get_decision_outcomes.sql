-- One row per kind of decision and outcome that was told later.
select
    decision_type,
    outcome,
    count(*) as decisions,
    avg(latency_ms) as avg_latency_ms,
    max(created_at) as last_told
from decisionoutcome
where :outcome is null or outcome = :outcome
group by decision_type, outcome
order by decisions desc, decision_type, outcome
