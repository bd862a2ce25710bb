-- One row per declined attempt and retry rule that it counts towards.
create or replace view retry_rule_hits_silver as

with declined as (
    select
        silver.transaction_id, silver.event_timestamp, silver.event_date, silver.card_network as network,
        silver.card_token_id, coalesce(silver.merchant_id, '') as merchant_id, silver.amount_minor, silver.currency,
        silver.merchant_id as merchant_account, silver.issuer_country, silver.geo_country, silver.merchant_segment,
        silver.payment_solution, silver.entry_system, silver.psp,
        coalesce(countries.region, 'other') as region,
        case when silver.issuer_country <> silver.merchant_country then 'foreign' else 'domestic' end as issuer_place,
        nullif(upper(trim(silver.decline_code_raw)), '') as code,
        nullif(upper(trim(silver.merchant_advice_code)), '') as advice_code
    from payments_enriched_silver as silver
    left join countries on silver.merchant_country = countries.code
    where
        silver.result = 'declined' and silver.declined_by_resolved in ('issuer', 'network')
        and silver.card_token_id is not null and silver.card_network is not null and not coalesce(silver.is_test, false)
),
traits as (
    select
        declined.*,
        case when declined.network = 'visa' and declined.code is not null
            then concat('|visa:', cast(coalesce(categories.category, 4) as string), '|') end as visa_trait,
        concat('|advice:', declined.advice_code, '|') as advice_trait,
        irreversible.code is not null as is_irreversible
    from declined
    left join visa_categories as categories
        on declined.network = 'visa' and declined.code = categories.code
        and declined.event_date >= categories.effective_from and declined.event_date < categories.effective_to
    left join irreversible_codes as irreversible
        on declined.network = irreversible.network and declined.code = irreversible.code
        and declined.event_date >= irreversible.effective_from and declined.event_date < irreversible.effective_to
),
rules as (
    select
        *,
        concat_ws('|', network, rule, region, issuer, matches, cast(effective_from as string)) as rule_id,
        concat('|', matches, '|') as wanted
    from retry_rules
)

select
    rules.rule_id,
    concat_ws(
        '|', traits.network, traits.merchant_id,
        case when rules.key <> 'merchant' then traits.card_token_id end,
        case when rules.key = 'card+amount+merchant' then cast(traits.amount_minor as string) end,
        case when rules.key = 'card+amount+merchant' then traits.currency end
    ) as limit_key,
    traits.transaction_id, traits.event_timestamp, traits.event_date, traits.network, traits.merchant_id,
    case when rules.key <> 'merchant' then traits.card_token_id end as card_token_id,
    case when rules.key = 'card+amount+merchant' then traits.amount_minor end as amount_minor,
    case when rules.key = 'card+amount+merchant' then traits.currency end as currency,
    rules.counts, rules.attempts_max, rules.window_seconds, rules.reset_by_approval, rules.effective_from,
    rules.effective_to,
    traits.event_date >= rules.effective_from as is_in_force,
    traits.merchant_account, traits.currency as attempt_currency, traits.issuer_country, traits.geo_country,
    traits.merchant_segment, traits.payment_solution, traits.entry_system, traits.psp
from traits
inner join rules
    on traits.network = rules.network and traits.region = rules.region
    and (rules.issuer = '*' or rules.issuer = traits.issuer_place)
    and traits.event_date < rules.effective_to
    and (
        rules.wanted = '|any|' or instr(rules.wanted, traits.visa_trait) > 0
        or instr(rules.wanted, traits.advice_trait) > 0
        or (traits.is_irreversible and rules.wanted = '|irreversible|')
    )
