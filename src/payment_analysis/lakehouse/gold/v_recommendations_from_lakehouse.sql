-- One row per recommendation made from the declines of the last thirty days.
create or replace view v_recommendations_from_lakehouse as

select
    md5(concat_ws(
        '|', advice.decline_reason, advice.decline_reason_standard, coalesce(advice.merchant_segment, ''),
        advice.recommended_action, advice.recovery_potential
    )) as id,
    concat(
        cast(advice.decline_count as string), ' payments of ', coalesce(advice.merchant_segment, 'all segments'),
        ' ended with ', advice.decline_reason, ': ', coalesce(advice.recommendation, 'review by hand')
    ) as context_summary,
    advice.recommended_action,
    advice.recoverable_share as score,
    'decline_patterns' as source_type,
    clock.as_of as created_at
from v_recommendations as advice
cross join data_clock as clock
