-- One row per issuer and route whose first attempts do worse there than on another route, over the last thirty days.
with answered as (
    select
        silver.issuer,
        silver.psp,
        cast(count(*) as double) as answers,
        cast(count_if(silver.is_approved) as double) as approved,
        cast(sum(silver.reporting_amount) as double) as value
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where
        silver.is_sale and silver.is_first_attempt and silver.is_authorization
        and silver.issuer is not null and silver.psp is not null
        and silver.event_timestamp > clock.as_of - interval 30 days
    group by silver.issuer, silver.psp
    having count(*) >= 100
),
compared as (
    select
        here.issuer,
        here.psp,
        there.psp as better_psp,
        here.answers,
        here.value,
        here.approved / here.answers as rate_here,
        there.approved / there.answers as rate_there,
        there.approved / there.answers - here.approved / here.answers as gap,
        sqrt(
            (here.approved + 1) * (here.answers - here.approved + 1) / power(here.answers + 2, 3)
            + (there.approved + 1) * (there.answers - there.approved + 1) / power(there.answers + 2, 3)
        ) as error
    from answered as here
    inner join answered as there on here.issuer = there.issuer and here.psp <> there.psp
)

select
    issuer,
    psp,
    better_psp,
    cast(answers as bigint) as answers,
    100 * rate_here as approval_rate_pct,
    100 * rate_there as better_rate_pct,
    100 * gap as gap_pp,
    100 * (gap - 1.96 * error) as gap_low_pp,
    100 * (gap + 1.96 * error) as gap_high_pp,
    gap / error as z,
    gap * value / 30 as value_per_day
from compared
where gap > 2 * error
qualify row_number() over (partition by issuer, psp order by gap / error desc, better_psp) = 1
order by value_per_day desc, issuer, psp
