-- One row per scheme rule on retries that was broken: how often and what it cost.
select
    network,
    rule,
    region,
    attempts_max,
    cast(window_seconds as double) / 3600 as window_hours,
    attempts_over,
    attempts_over_approved,
    cast(fees_incurred as double) as fees_incurred,
    cast(fees_avoided as double) as fees_avoided,
    source
from v_retry_compliance
where attempts_over > 0
order by fees_incurred desc nulls last, attempts_over desc, network, rule
