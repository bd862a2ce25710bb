-- One row per attempt and retry rule that the attempt breaks, or that stopping after it kept.
create or replace view retry_limits_silver as

with parted as (
    select
        *,
        case when reset_by_approval then count(case when is_approved then 1 end) over (
            partition by rule_id, limit_key order by event_timestamp, transaction_id
            rows between unbounded preceding and 1 preceding
        ) else 0 end as stretch,
        lead(transaction_id) over (partition by rule_id, limit_key order by event_timestamp, transaction_id) is null
            as is_last
    from retry_rule_events_silver
),
numbered as (
    select
        *,
        count(case when is_hit then 1 end) over (
            partition by rule_id, limit_key, stretch order by event_timestamp, transaction_id
            rows between unbounded preceding and current row
        ) as hit_number,
        max(case when is_hit then event_timestamp end) over (
            partition by rule_id, limit_key, stretch order by event_timestamp, transaction_id
            rows between unbounded preceding and 1 preceding
        ) as hit_before_at
    from parted
),
hits as (select rule_id, limit_key, stretch, hit_number, event_timestamp from numbered where is_hit),
judged as (
    select
        numbered.*,
        case numbered.counts
            when 'after' then numbered.hit_before_at is not null and coalesce(
                unix_micros(numbered.event_timestamp) - unix_micros(numbered.hit_before_at)
                < numbered.window_seconds * 1000000, true
            )
            else coalesce(
                unix_micros(numbered.event_timestamp) - unix_micros(over_by_one.event_timestamp)
                < numbered.window_seconds * 1000000, over_by_one.event_timestamp is not null
            )
        end as is_over,
        numbered.is_hit and numbered.is_last and (numbered.counts = 'after' or coalesce(
            unix_micros(numbered.event_timestamp) - unix_micros(at_limit.event_timestamp)
            < numbered.window_seconds * 1000000, at_limit.event_timestamp is not null
        )) as is_stop
    from numbered
    left join hits as over_by_one
        on numbered.is_hit and numbered.counts = 'declines' and numbered.rule_id = over_by_one.rule_id
        and numbered.limit_key = over_by_one.limit_key and numbered.stretch = over_by_one.stretch
        and numbered.hit_number - numbered.attempts_max = over_by_one.hit_number
    left join hits as at_limit
        on numbered.is_hit and numbered.counts = 'declines' and numbered.rule_id = at_limit.rule_id
        and numbered.limit_key = at_limit.limit_key and numbered.stretch = at_limit.stretch
        and numbered.hit_number - numbered.attempts_max + 1 = at_limit.hit_number
)

select
    rule_id, transaction_id, event_timestamp, event_date, is_approved, approved_amount, is_over, is_stop,
    network, merchant_account, attempt_currency, issuer_country, geo_country, merchant_segment, payment_solution,
    entry_system, psp
from judged
where (is_over or is_stop) and event_date >= effective_from and event_date < effective_to
