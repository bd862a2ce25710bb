-- One row per attempt in its last state: the payment it belongs to, its position there and the attempt before it.
create or replace view attempt_chains_silver as

with superseded as (select _event_key from superseded_events_silver),
attempts as (
    select event.*, not (coalesce(event.is_verification, false) or coalesce(event.is_test, false)) as is_sale
    from payments_raw_bronze as event
    left anti join superseded on event._event_key = superseded._event_key
),
keyed as (
    select
        event.transaction_id, event.payment_key, event._source, event.event_timestamp, event.payment_window_seconds,
        coalesce(event.is_verification, false) or coalesce(event.is_test, false) as is_no_sale,
        row_number() over same_key as position_in_key,
        lag(event.event_timestamp) over same_key as previous_timestamp
    from payments_raw_bronze as event
    left anti join superseded on event._event_key = superseded._event_key
    where event.payment_id is null and event.payment_key is not null
    window same_key as (
        partition by
            event.payment_key, event._source,
            coalesce(event.is_verification, false) or coalesce(event.is_test, false)
        order by event.event_timestamp, event._ingested_at, event._source_row, event.transaction_id
    )
),
opened as (
    select
        *,
        case
            when previous_timestamp is null
                or event_timestamp > timestampadd(second, payment_window_seconds, previous_timestamp)
                then transaction_id
        end as opened_by
    from keyed
),
formed as (
    select
        transaction_id,
        last_value(opened_by) ignore nulls over (
            partition by payment_key, _source, is_no_sale order by position_in_key
        ) as payment_id
    from opened
),
grouped as (
    select
        attempts.transaction_id, attempts.merchant_id, attempts.card_token_id, attempts.currency,
        attempts.event_timestamp, attempts._ingested_at, attempts._source_row, attempts.result, attempts.psp,
        attempts.is_sale, declines.decline_reason_standard,
        coalesce(attempts.payment_id, formed.payment_id, attempts.transaction_id) as payment_id
    from attempts
    left join formed on attempts.transaction_id = formed.transaction_id
    left join attempt_declines_silver as declines on attempts._event_key = declines._event_key
)

select
    * except (is_sale, psp, decline_reason_standard),
    row_number() over payment as position_in_payment,
    lag(event_timestamp) over payment as previous_timestamp,
    lag(result = 'approved') over payment as follows_approval,
    lag(psp) over payment as retried_psp,
    lag(decline_reason_standard) over payment as retried_reason
from grouped
window payment as (
    partition by payment_id, is_sale order by event_timestamp, _ingested_at, _source_row, transaction_id
)
