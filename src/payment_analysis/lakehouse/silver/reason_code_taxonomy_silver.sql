-- One row per standard decline reason: its group, how much can be done and what to do first.
create or replace view reason_code_taxonomy_silver as

select
    decline_reason_standard,
    decline_reason_group,
    actionability,
    default_action,
    timestamp '2026-11-21 00:00:00' as _created_at
from decline_reasons
