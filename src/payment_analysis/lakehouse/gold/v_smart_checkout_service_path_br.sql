-- One row per service path of Brazilian payment links, over all time.
create or replace view v_smart_checkout_service_path_br as

select
    service_path,
    count(*) as transaction_count,
    count_if(is_authorization) as authorization_count,
    count_if(is_approved) as approved_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    100 * cast(count_if(is_approved) as double) / nullif(count(is_approved), 0) as acceptance_rate_pct,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    sum(reporting_amount) as total_value,
    count_if(result = 'declined') as decline_count,
    count_if(result = 'declined' and declined_by_resolved = 'fraud_control') as antifraud_declines,
    100 * cast(count_if(result = 'declined' and declined_by_resolved = 'fraud_control') as double)
    / nullif(count_if(result = 'declined'), 0) as antifraud_pct_of_declines,
    max(reporting_currency) as reporting_currency
from payments_enriched_silver
where is_sale and geo_country = 'BR' and flow_type in ('payment_link', 'payment_link_sep')
group by service_path
