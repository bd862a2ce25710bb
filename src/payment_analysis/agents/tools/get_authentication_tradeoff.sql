-- One row per payment solution of everything in scope: what authentication costs in approval and saves in fraud.
select
    payment_solution,
    count(*) as transaction_count,
    count_if(result = 'declined' and declined_by_resolved = 'authentication') as lost_in_authentication,
    100 * cast(count_if(result = 'declined' and declined_by_resolved = 'authentication') as double) / count(*)
        as lost_in_authentication_pct,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_approved is not null), 0) as acceptance_rate_pct,
    100 * cast(count_if(is_approved) as double) / nullif(count_if(is_authorization), 0) as approval_rate_pct,
    10000 * cast(count_if(is_approved and fraud_reported_at is not null) as double) / nullif(count_if(is_approved), 0)
        as fraud_bps,
    cast(avg(fraud_score) as double) as avg_fraud_score
from payments_enriched_silver
where is_sale
group by payment_solution
order by transaction_count desc, payment_solution
