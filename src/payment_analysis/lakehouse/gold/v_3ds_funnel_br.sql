-- One row per day of Brazilian payment links, over all time: how far they came through 3DS.
create or replace view v_3ds_funnel_br as

select
    event_date,
    count(*) as total_transactions,
    count_if(three_ds_routed) as three_ds_routed_count,
    count_if(three_ds_routed and three_ds_friction) as three_ds_friction_count,
    count_if(three_ds_routed and three_ds_authenticated) as three_ds_authenticated_count,
    count_if(three_ds_routed and three_ds_authenticated and is_authorization) as three_ds_authorized_count,
    count_if(three_ds_routed and three_ds_authenticated and is_approved) as issuer_approved_after_auth_count,
    100 * cast(count_if(three_ds_routed and three_ds_friction) as double) / nullif(count_if(three_ds_routed), 0)
        as three_ds_friction_rate_pct,
    100 * cast(count_if(three_ds_routed and three_ds_authenticated) as double) / nullif(count_if(three_ds_routed), 0)
        as three_ds_authentication_rate_pct,
    100 * cast(count_if(three_ds_routed and three_ds_authenticated and is_approved) as double)
    / nullif(count_if(three_ds_routed and three_ds_authenticated), 0) as issuer_approval_post_auth_rate_pct
from payments_enriched_silver
where is_sale and geo_country = 'BR' and flow_type in ('payment_link', 'payment_link_sep')
group by event_date
