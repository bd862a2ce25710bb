-- One row per entry system, flow, reason and remedy of Brazilian declines that the merchant saw, over all time.
create or replace view v_reason_codes_br as

select
    entry_system,
    flow_type,
    decline_reason_standard,
    decline_reason_group,
    recommended_action,
    count(*) as decline_count,
    sum(reporting_amount) as total_declined_value,
    cast(sum(reporting_amount) as double) / nullif(count(reporting_amount), 0) as avg_amount,
    count(distinct merchant_id) as affected_merchants,
    100 * cast(count(*) as double) / nullif(sum(count(*)) over (), 0) as pct_of_declines,
    max(reporting_currency) as reporting_currency
from merchant_visible_attempts_silver
where is_sale and geo_country = 'BR' and result = 'declined'
group by entry_system, flow_type, decline_reason_standard, decline_reason_group, recommended_action
