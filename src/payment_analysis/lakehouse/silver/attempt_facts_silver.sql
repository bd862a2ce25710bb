-- One row per attempt in its last state: what its payment, its card and the rate table know of it.
create or replace view attempt_facts_silver as

with chains as (
    select *, cast(event_timestamp as date) as event_date from attempt_chains_silver
),
prices as (
    select
        days.currency,
        days.event_date,
        cast(
            case currencies.exponent when 0 then 1 when 2 then 0.01 when 3 then 0.001 when 4 then 0.0001 end
            as decimal(5, 4)
        ) as major_units,
        rates.rate,
        rates.reporting_currency
    from (select distinct currency, cast(event_timestamp as date) as event_date from payments_raw_bronze) as days
    left join currencies on days.currency = currencies.code
    left join reporting_rates as rates
        on days.currency = rates.currency
        and days.event_date >= rates.valid_from and days.event_date < rates.valid_to
)

select
    chains.* except (merchant_id, card_token_id, currency, event_timestamp, _ingested_at, _source_row, result),
    case when card_token_id is not null then row_number() over card end as attempt_sequence,
    lag(chains.event_timestamp) over card as previous_attempt_time,
    case
        when card_token_id is not null then count(case when result = 'approved' then 1 end) over (
            partition by merchant_id, coalesce(card_token_id, transaction_id)
            order by event_timestamp, _ingested_at, _source_row, transaction_id
            rows between unbounded preceding and 1 preceding
        )
    end as prior_approved_count,
    prices.major_units,
    prices.rate,
    prices.reporting_currency
from chains
left join prices on chains.currency = prices.currency and chains.event_date = prices.event_date
window card as (
    partition by merchant_id, coalesce(card_token_id, transaction_id)
    order by event_timestamp, _ingested_at, _source_row, transaction_id
)
