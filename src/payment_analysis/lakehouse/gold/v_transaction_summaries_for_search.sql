-- One row per attempt of the last thirty days: what happened in a sentence, to find similar ones by.
create or replace view v_transaction_summaries_for_search as

select
    silver.transaction_id,
    concat_ws(
        ', ',
        concat(coalesce(silver.card_network, 'card'), ' ', coalesce(silver.payment_method_type, 'payment')),
        concat('of ', cast(silver.amount as string), ' ', silver.currency),
        concat('issued by ', silver.issuer),
        concat('issuer country ', silver.issuer_country),
        concat('sold in ', silver.geo_country),
        concat('segment ', silver.merchant_segment),
        concat('entry ', silver.entry_system),
        concat('solution ', silver.payment_solution),
        concat('sent to ', silver.psp),
        concat('services ', silver.service_path),
        concat('risk ', silver.risk_tier),
        case when silver.is_retry then concat('retry after ', coalesce(silver.retried_reason, 'an unknown answer')) end,
        concat('result ', silver.result),
        concat('because ', silver.decline_reason_detail),
        concat('remedy ', silver.recommended_action)
    ) as summary_text,
    silver.result as outcome,
    cast(silver.amount as double) as amount,
    silver.currency,
    silver.card_network as network,
    silver.merchant_segment,
    silver.event_timestamp as created_at
from payments_enriched_silver as silver
cross join data_clock as clock
where silver.is_sale and silver.event_timestamp > clock.as_of - interval 30 days
