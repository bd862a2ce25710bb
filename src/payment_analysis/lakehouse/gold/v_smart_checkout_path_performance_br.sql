-- One row per path that Brazilian payment links took, over all time.
create or replace view v_smart_checkout_path_performance_br as

with links as (
    select
        *,
        case
            when three_ds_friction then '3ds_challenge'
            when coalesce(three_ds_routed, uses_3ds, false) then '3ds_frictionless'
            when has_passkey then 'passkey'
            when is_network_token then 'network_token'
            else 'standard'
        end as path_taken
    from payments_enriched_silver
    where is_sale and geo_country = 'BR' and flow_type in ('payment_link', 'payment_link_sep')
)

select
    path_taken,
    count(*) as transaction_count,
    count_if(is_authorization) as authorization_count,
    count_if(is_approved) as approved_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    100 * cast(count_if(is_approved) as double) / nullif(count(is_approved), 0) as acceptance_rate_pct,
    sum(reporting_amount) as total_value,
    max(reporting_currency) as reporting_currency
from links
group by path_taken
