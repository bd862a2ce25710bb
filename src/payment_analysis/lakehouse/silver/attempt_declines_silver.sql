-- One row per event that is a decline: what it means and who said no.
create or replace view attempt_declines_silver as

with declined as (
    select
        event._event_key,
        event.declined_by,
        event.antifraud_result,
        coalesce(event.card_network, '') as network,
        upper(trim(event.decline_code_raw)) as code,
        trim(event.merchant_advice_code) as given_advice,
        coalesce(countries.region, 'other') as region,
        cast(event.event_timestamp as date) as event_date,
        coalesce(
            nullif(lower(replace(replace(trim(event.decline_reason), ' ', '_'), '-', '_')), ''),
            case
                when event.antifraud_result = 'fail' or event.declined_by = 'fraud_control' then 'fraud_suspected'
                when event.declined_by = 'authentication' then '3ds_auth_failed'
            end
        ) as word
    from payments_raw_bronze as event
    left join countries on event.issuer_country = countries.code
    where event.result = 'declined'
),
advised as (
    select
        declined.*,
        case
            when given_advice is null or given_advice = '' or advising.network is null then ''
            else coalesce(advice_codes.advice_code, '?')
        end as advice
    from declined
    left join (select distinct network from advice_codes) as advising on declined.network = advising.network
    left join advice_codes
        on declined.network = advice_codes.network and declined.given_advice = advice_codes.advice_code
)

select
    advised._event_key,
    coalesce(knowledge.reason, words.reason, 'unknown') as decline_reason_detail,
    coalesce(knowledge.standard, words.standard, 'OTHER') as decline_reason_standard,
    coalesce(knowledge.reason_group, words.reason_group, 'other') as decline_reason_group,
    coalesce(knowledge.fault, words.fault, 'unknown') as decline_fault,
    coalesce(knowledge.retryable, words.retryable, false) as is_retryable,
    case
        when knowledge.reason is null then words.earliest_retry_seconds else knowledge.earliest_retry_seconds
    end as earliest_retry_seconds,
    coalesce(knowledge.action, words.action, 'manual_review') as recommended_action,
    coalesce(knowledge.source, words.source, 'no rule knows this code or word') as decline_source_note,
    coalesce(
        advised.declined_by,
        case
            when advised.antifraud_result = 'fail' then 'fraud_control'
            when knowledge.reason is null and words.fault in ('gateway', 'authentication') then words.fault
            else 'issuer'
        end
    ) as declined_by_resolved
from advised
left join decline_knowledge as knowledge
    on advised.network = knowledge.network and advised.code = knowledge.code
    and advised.advice = knowledge.advice_code and advised.region = knowledge.region
    and advised.event_date >= knowledge.effective_from and advised.event_date < knowledge.effective_to
left join decline_words as words on advised.word = words.word
