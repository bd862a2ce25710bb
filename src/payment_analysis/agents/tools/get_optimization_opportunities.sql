-- One row per payment solution below 90 % or issuer country below 85 % approval in the last thirty days.
with recent as (
    select
        silver.payment_solution,
        silver.issuer_country,
        silver.is_approved,
        silver.is_authorization,
        silver.reporting_amount
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where silver.is_sale and silver.event_timestamp > clock.as_of - interval 30 days
),
grouped as (
    select
        'payment_solution' as dimension,
        payment_solution as value,
        90 as target_pct,
        count_if(is_authorization) as answered,
        count_if(is_approved) as approved,
        sum(case when not is_approved then reporting_amount end) as declined_value
    from recent
    where payment_solution is not null
    group by payment_solution
    union all
    select
        'issuer_country' as dimension,
        issuer_country as value,
        85 as target_pct,
        count_if(is_authorization) as answered,
        count_if(is_approved) as approved,
        sum(case when not is_approved then reporting_amount end) as declined_value
    from recent
    where issuer_country is not null
    group by issuer_country
)

select
    dimension,
    value,
    answered as transaction_count,
    100 * cast(approved as double) / answered as approval_rate_pct,
    cast(target_pct as double) as target_pct,
    cast(declined_value as double) as declined_value,
    case when 100 * approved < 80 * answered then 'HIGH' when 100 * approved < 85 * answered then 'MEDIUM' else 'LOW' end
        as priority
from grouped
where answered > 100 and 100 * approved < target_pct * answered
order by declined_value desc, dimension, value
