-- One row per five minutes of the last day and scope: all, or one segment, solution, network, PSP, issuer, merchant.
create or replace view v_scope_health_5min as

with recent as (
    select
        unix_seconds(silver.event_timestamp) div 300 as fives,
        silver.merchant_segment, silver.payment_solution, silver.card_network, silver.psp, silver.issuer,
        silver.merchant_id, silver.fraud_score, silver.processing_time_ms,
        case when silver.is_authorization then 1 end as authorized,
        case when silver.is_approved then 1 end as agreed,
        case when silver.risk_tier = 'high' then 1 end as risky,
        case when silver.processing_time_ms > 500 then 1 end as late,
        case when silver.result in ('pending', 'error') then 1 end as open_ended
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and date_trunc('hour', silver.event_timestamp) > clock.as_of - interval 24 hours
),
counted as (
    select
        fives, 'all' as scope_type, 'all' as scope_value, count(*) as attempts, count(authorized) as authorizations,
        count(agreed) as approved, count(fraud_score) as scored, count(risky) as high_risk,
        count(processing_time_ms) as timed, count(late) as slow, count(open_ended) as unanswered,
        sum(fraud_score) as fraud_score_sum, sum(processing_time_ms) as processing_ms_sum
    from recent
    group by fives
    union all
    select fives, 'merchant_segment', merchant_segment, count(*), count(authorized), count(agreed), count(fraud_score),
        count(risky), count(processing_time_ms), count(late), count(open_ended),
        sum(fraud_score), sum(processing_time_ms)
    from recent where merchant_segment is not null group by fives, merchant_segment
    union all
    select fives, 'payment_solution', payment_solution, count(*), count(authorized), count(agreed), count(fraud_score),
        count(risky), count(processing_time_ms), count(late), count(open_ended),
        sum(fraud_score), sum(processing_time_ms)
    from recent where payment_solution is not null group by fives, payment_solution
    union all
    select fives, 'card_network', card_network, count(*), count(authorized), count(agreed), count(fraud_score),
        count(risky), count(processing_time_ms), count(late), count(open_ended),
        sum(fraud_score), sum(processing_time_ms)
    from recent where card_network is not null group by fives, card_network
    union all
    select fives, 'psp', psp, count(*), count(authorized), count(agreed), count(fraud_score),
        count(risky), count(processing_time_ms), count(late), count(open_ended),
        sum(fraud_score), sum(processing_time_ms)
    from recent where psp is not null group by fives, psp
    union all
    select fives, 'issuer', issuer, count(*), count(authorized), count(agreed), count(fraud_score),
        count(risky), count(processing_time_ms), count(late), count(open_ended),
        sum(fraud_score), sum(processing_time_ms)
    from recent where issuer is not null group by fives, issuer
    union all
    select fives, 'merchant_id', merchant_id, count(*), count(authorized), count(agreed), count(fraud_score),
        count(risky), count(processing_time_ms), count(late), count(open_ended),
        sum(fraud_score), sum(processing_time_ms)
    from recent where merchant_id is not null group by fives, merchant_id
)

select
    timestampadd(minute, cast(floor(fives * 5) as int), timestamp '1970-01-01 00:00:00Z') as window_start,
    * except (fives)
from counted
