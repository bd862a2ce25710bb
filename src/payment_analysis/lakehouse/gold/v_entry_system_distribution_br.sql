-- One row per entry system of Brazilian attempts that the merchant saw, over all time.
create or replace view v_entry_system_distribution_br as

select
    entry_system,
    count(*) as transaction_count,
    100 * cast(count(*) as double) / nullif(sum(count(*)) over (), 0) as pct_of_transactions,
    count_if(is_authorization) as authorization_count,
    count_if(is_approved) as approved_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    sum(reporting_amount) as total_value,
    max(reporting_currency) as reporting_currency
from merchant_visible_attempts_silver
where is_sale and geo_country = 'BR'
group by entry_system
