-- One row per hour of the last day and scope: the attempts of that hour of the week in the four weeks before.
create or replace view v_scope_health_usual as

with back as (
    select
        silver.merchant_segment, silver.payment_solution, silver.card_network, silver.psp, silver.issuer,
        silver.merchant_id, silver.fraud_score, silver.processing_time_ms, silver.is_authorization, silver.is_approved,
        silver.risk_tier, silver.result,
        (unix_seconds(date_trunc('hour', clock.as_of)) - unix_seconds(date_trunc('hour', silver.event_timestamp)))
            div 3600 as hours_ago
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where
        silver.is_sale and date_trunc('hour', silver.event_timestamp) > clock.as_of - interval 29 days
        and (
            silver.event_timestamp >= date_trunc('hour', clock.as_of) - interval 191 hours
            and silver.event_timestamp < date_trunc('hour', clock.as_of) - interval 167 hours
            or silver.event_timestamp >= date_trunc('hour', clock.as_of) - interval 359 hours
            and silver.event_timestamp < date_trunc('hour', clock.as_of) - interval 335 hours
            or silver.event_timestamp >= date_trunc('hour', clock.as_of) - interval 527 hours
            and silver.event_timestamp < date_trunc('hour', clock.as_of) - interval 503 hours
            or silver.event_timestamp >= date_trunc('hour', clock.as_of) - interval 695 hours
            and silver.event_timestamp < date_trunc('hour', clock.as_of) - interval 671 hours
        )
),
recent as (
    select
        hours_ago % 168 as hours_back,
        merchant_segment, payment_solution, card_network, psp, issuer, merchant_id, fraud_score, processing_time_ms,
        case when is_authorization then 1 end as authorized,
        case when is_approved then 1 end as agreed,
        case when risk_tier = 'high' then 1 end as risky,
        case when processing_time_ms > 500 then 1 end as late,
        case when result in ('pending', 'error') then 1 end as open_ended
    from back
),
counted as (
    select
        hours_back, 'all' as scope_type, 'all' as scope_value, count(*) as attempts,
        count(authorized) as authorizations, count(agreed) as approved, count(fraud_score) as scored,
        count(risky) as high_risk, count(processing_time_ms) as timed, count(late) as slow,
        count(open_ended) as unanswered
    from recent
    group by hours_back
    union all
    select hours_back, 'merchant_segment', merchant_segment, count(*), count(authorized), count(agreed),
        count(fraud_score), count(risky), count(processing_time_ms), count(late), count(open_ended)
    from recent where merchant_segment is not null group by hours_back, merchant_segment
    union all
    select hours_back, 'payment_solution', payment_solution, count(*), count(authorized), count(agreed),
        count(fraud_score), count(risky), count(processing_time_ms), count(late), count(open_ended)
    from recent where payment_solution is not null group by hours_back, payment_solution
    union all
    select hours_back, 'card_network', card_network, count(*), count(authorized), count(agreed),
        count(fraud_score), count(risky), count(processing_time_ms), count(late), count(open_ended)
    from recent where card_network is not null group by hours_back, card_network
    union all
    select hours_back, 'psp', psp, count(*), count(authorized), count(agreed),
        count(fraud_score), count(risky), count(processing_time_ms), count(late), count(open_ended)
    from recent where psp is not null group by hours_back, psp
    union all
    select hours_back, 'issuer', issuer, count(*), count(authorized), count(agreed),
        count(fraud_score), count(risky), count(processing_time_ms), count(late), count(open_ended)
    from recent where issuer is not null group by hours_back, issuer
    union all
    select hours_back, 'merchant_id', merchant_id, count(*), count(authorized), count(agreed),
        count(fraud_score), count(risky), count(processing_time_ms), count(late), count(open_ended)
    from recent where merchant_id is not null group by hours_back, merchant_id
)

select
    timestampadd(hour, cast(floor(-counted.hours_back) as int), date_trunc('hour', clock.as_of)) as window_start,
    counted.* except (hours_back)
from counted
cross join data_clock as clock
