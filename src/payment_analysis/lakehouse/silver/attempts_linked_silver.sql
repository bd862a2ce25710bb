-- One row per attempt in its last state, joined with what other rows and tables know of it.
create or replace view attempts_linked_silver as

select
    event.* except (
        payment_id, payment_key, payment_window_seconds, attempt_number, is_retry, merchant_country,
        transaction_stage
    ),
    facts.* except (transaction_id),
    declines.* except (_event_key, declined_by_resolved),
    coalesce(declines.declined_by_resolved, event.declined_by) as declined_by_resolved,
    coalesce(event.transaction_stage, 'entry_response') as transaction_stage,
    coalesce(merchants.merchant_country, event.merchant_country) as merchant_country,
    merchants.merchant_name,
    merchants.merchant_risk_tier,
    event.is_retry as source_is_retry,
    coalesce(event.payment_id, event.payment_key) is not null or event.attempt_number is not null as is_grouped,
    coalesce(
        event.attempt_number,
        case when coalesce(event.payment_id, event.payment_key) is null then event.retry_count + 1 end,
        facts.position_in_payment
    ) as attempt_number,
    not (coalesce(event.is_verification, false) or coalesce(event.is_test, false)) as is_sale,
    cast(cast(event.amount_minor as decimal(12, 0)) * facts.major_units as decimal(18, 3)) as amount
from payments_raw_bronze as event
left anti join superseded_events_silver as superseded on event._event_key = superseded._event_key
inner join attempt_facts_silver as facts on event.transaction_id = facts.transaction_id
left join attempt_declines_silver as declines on event._event_key = declines._event_key
left join merchants_dim_bronze as merchants on event.merchant_id = merchants.merchant_id
