-- One row per rule that is on, of a type, in the order in which they are asked.
select
    name,
    rule_type,
    condition_expression,
    action_summary,
    priority,
    updated_at
from approval_rules
where is_active and (:rule_type is null or rule_type = :rule_type)
order by priority, name
