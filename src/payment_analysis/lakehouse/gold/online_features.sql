-- One row per entity and feature: what is known now of a merchant, an issuer, a route and a card, for decisions.
create or replace view online_features as

with windows as (
    select listed.minutes, timestampadd(minute, -listed.minutes, clock.as_of) as since
    from data_clock as clock
    cross join (select * from values (5), (60), (1440) as listed(minutes)) as listed
),
recent as (
    select windows.minutes, silver.*
    from payments_enriched_silver as silver
    cross join data_clock as clock
    cross join windows
    where
        silver.is_sale and silver.event_timestamp > clock.as_of - interval 24 hours
        and silver.event_timestamp > windows.since and (windows.minutes < 1440 or silver.card_token_id is not null)
),
entities as (
    select 'merchant' as entity_type, merchant_id as entity_id, recent.*
    from recent
    where merchant_id is not null and minutes < 1440
    union all
    select 'issuer' as entity_type, issuer as entity_id, recent.*
    from recent
    where issuer is not null and minutes < 1440
    union all
    select 'route' as entity_type, psp as entity_id, recent.*
    from recent
    where psp is not null and minutes < 1440
    union all
    select 'card' as entity_type, card_token_id as entity_id, recent.* from recent where card_token_id is not null
),
measured as (
    select
        entity_type,
        entity_id,
        concat(entity_type, '_', cast(minutes as string), 'm') as feature_set,
        concat('_', cast(minutes as string), 'm') as suffix,
        cast(count(*) as double) as attempts,
        cast(count_if(result = 'declined') as double) as declines,
        cast(count_if(result in ('pending', 'error')) as double) as unanswered,
        cast(count_if(is_retry) as double) as retries,
        cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate,
        cast(sum(reporting_amount) as double) as amount,
        cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
        cast(sum(processing_time_ms) as double) / nullif(count(processing_time_ms), 0) as avg_latency_ms
    from entities
    group by entity_type, entity_id, minutes
),
listed as (
    select *
    from measured unpivot (
        feature_value for measure in (
            attempts, declines, unanswered, retries, approval_rate, amount, avg_fraud_score, avg_latency_ms
        )
    )
)

select
    concat(listed.entity_type, ':', listed.entity_id, ':', listed.measure, listed.suffix) as id,
    'streaming' as source,
    listed.feature_set,
    concat(listed.measure, listed.suffix) as feature_name,
    listed.feature_value,
    cast(null as string) as feature_value_str,
    listed.entity_type,
    listed.entity_id,
    clock.as_of as window_end,
    clock.as_of as created_at
from listed
cross join data_clock as clock
