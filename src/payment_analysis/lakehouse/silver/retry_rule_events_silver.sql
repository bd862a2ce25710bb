-- One row per attempt and retry rule near whose limit its card came: what the rule looks at, in order.
create or replace view retry_rule_events_silver as

with suspects as (
    select
        rule_id, limit_key, network, merchant_id, card_token_id, amount_minor, currency, counts, attempts_max,
        window_seconds, reset_by_approval, effective_from, effective_to, min(event_timestamp) as first_hit_at
    from retry_rule_hits_silver
    group by
        rule_id, limit_key, network, merchant_id, card_token_id, amount_minor, currency, counts, attempts_max,
        window_seconds, reset_by_approval, effective_from, effective_to
    having counts = 'after' or count(*) >= attempts_max
),
others as (
    select
        suspects.rule_id, suspects.limit_key, suspects.counts, suspects.attempts_max, suspects.window_seconds,
        suspects.reset_by_approval, suspects.effective_from, suspects.effective_to, other.transaction_id,
        other.event_timestamp, other.event_date, other.result = 'approved' as is_approved, other.reporting_amount,
        other.card_network as network, other.merchant_id as merchant_account, other.currency as attempt_currency,
        other.issuer_country, other.geo_country, other.merchant_segment, other.payment_solution, other.entry_system,
        other.psp
    from suspects
    inner join payments_enriched_silver as other
        on suspects.network = other.card_network and suspects.card_token_id = other.card_token_id
        and suspects.merchant_id = coalesce(other.merchant_id, '')
    where
        other.event_timestamp >= suspects.first_hit_at and not coalesce(other.is_test, false)
        and (suspects.amount_minor is null or suspects.amount_minor = other.amount_minor)
        and (suspects.currency is null or suspects.currency = other.currency)
        and (
            (other.result = 'approved' and (suspects.counts = 'after' or suspects.reset_by_approval))
            or (other.result = 'declined' and suspects.counts = 'after'
                and other.declined_by_resolved in ('issuer', 'network'))
        )
)

select
    hits.rule_id, hits.limit_key, hits.counts, hits.attempts_max, hits.window_seconds, hits.reset_by_approval,
    hits.effective_from, hits.effective_to, hits.transaction_id, hits.event_timestamp, hits.event_date,
    hits.network, hits.merchant_account, hits.attempt_currency, hits.issuer_country, hits.geo_country,
    hits.merchant_segment, hits.payment_solution, hits.entry_system, hits.psp,
    false as is_approved, cast(null as decimal(18, 3)) as approved_amount, true as is_hit
from retry_rule_hits_silver as hits
left semi join suspects on hits.rule_id = suspects.rule_id and hits.limit_key = suspects.limit_key
union all
select
    others.* except (is_approved, reporting_amount),
    others.is_approved,
    case when others.is_approved then others.reporting_amount end as approved_amount,
    false as is_hit
from others
left anti join retry_rule_hits_silver as hits
    on others.rule_id = hits.rule_id and others.transaction_id = hits.transaction_id
