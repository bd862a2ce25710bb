-- One row per issuer and merchant with an unusual number of attempts in the last day, against its own weeks before.
with reached as (
    select
        clock.as_of,
        least(28, (unix_seconds(clock.as_of) - unix_seconds(min(silver.event_timestamp))) / 86400 - 1) as days_before
    from payments_enriched_silver as silver
    cross join data_clock as clock
    group by clock.as_of
),
counted as (
    select
        silver.issuer,
        silver.merchant_id,
        count_if(silver.event_timestamp > timestampadd(day, -1, reached.as_of)) as attempts_last_day,
        count_if(silver.event_timestamp > timestampadd(day, -1, reached.as_of) and silver.result = 'declined')
            as declined_last_day,
        count_if(
            silver.event_timestamp > timestampadd(day, -1, reached.as_of)
            and silver.decline_reason_group in ('card', 'security', 'fraud')
        ) as card_declines_last_day,
        count_if(silver.event_timestamp <= timestampadd(day, -1, reached.as_of)) / max(reached.days_before)
            as attempts_per_day_before,
        count(distinct case
            when silver.event_timestamp > timestampadd(day, -1, reached.as_of) then silver.card_bin
        end) as bins_last_day
    from payments_enriched_silver as silver
    cross join reached
    where
        silver.issuer is not null and silver.merchant_id is not null
        and silver.event_timestamp > timestampadd(day, -29, reached.as_of)
        and reached.days_before >= 3
    group by silver.issuer, silver.merchant_id
)

select
    issuer,
    merchant_id,
    attempts_last_day,
    cast(attempts_per_day_before as double) as attempts_per_day_before,
    declined_last_day,
    card_declines_last_day,
    bins_last_day,
    cast((attempts_last_day - attempts_per_day_before) / sqrt(attempts_per_day_before + 1) as double) as surprise
from counted
where attempts_last_day >= 20 and attempts_last_day > attempts_per_day_before + 6 * sqrt(attempts_per_day_before + 1)
order by surprise desc, issuer, merchant_id
