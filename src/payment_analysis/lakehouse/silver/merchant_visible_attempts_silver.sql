-- One row per attempt the merchant saw: a transaction seen by several entry systems counts once.
create or replace view merchant_visible_attempts_silver as

with ordered as (
    select
        transaction_id,
        canonical_transaction_key,
        event_timestamp,
        _ingested_at,
        row_number() over (
            partition by canonical_transaction_key, coalesce(entry_system, '')
            order by event_timestamp, _ingested_at, transaction_id
        ) as nth_in_entry_system
    from payments_enriched_silver
    where canonical_transaction_key is not null and transaction_stage = 'entry_response'
),
seen_again as (
    select transaction_id
    from ordered
    qualify row_number() over (
        partition by canonical_transaction_key, nth_in_entry_system
        order by event_timestamp desc, _ingested_at desc, transaction_id desc
    ) > 1
)

select attempts.*
from payments_enriched_silver as attempts
left anti join seen_again on attempts.transaction_id = seen_again.transaction_id
where attempts.transaction_stage = 'entry_response'
