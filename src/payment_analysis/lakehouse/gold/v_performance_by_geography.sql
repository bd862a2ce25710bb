-- One row per country, of the issuer or else of the sale, over all time.
create or replace view v_performance_by_geography as

with located as (
    select
        *,
        coalesce(issuer_country, geo_country) as country,
        case when issuer_country is not null then 'issuer' when geo_country is not null then 'sale' end as country_of
    from payments_enriched_silver
    where is_sale
)

select
    country,
    country_of,
    count(*) as transaction_count,
    count_if(is_authorization) as authorization_count,
    count_if(is_approved) as approved_count,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    cast(sum(fraud_score) as double) / nullif(count(fraud_score), 0) as avg_fraud_score,
    sum(reporting_amount) as total_transaction_value,
    count(distinct merchant_id) as unique_merchants,
    max(reporting_currency) as reporting_currency
from located
group by country, country_of
having count(*) >= 10
