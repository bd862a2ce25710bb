-- One row per payment: how its attempts went, with the dimensions of the first one.
create or replace table payments_silver as

with later as (
    select distinct payment_id from payments_enriched_silver where is_sale and position_in_payment > 1
),
several as (
    select
        payment_id,
        count(*) as attempts,
        max(event_timestamp) as last_attempt_at,
        max_by(psp, position_in_payment) as last_psp,
        max_by(result, position_in_payment) as last_result,
        max_by(decline_reason_standard, case when result = 'declined' then position_in_payment end)
            as last_decline_reason,
        count(distinct psp) as psps_tried,
        count(case when psp_switched then 1 end) as psp_switches,
        count(case when is_authorization then 1 end) as authorizations,
        count(case when result = 'declined' then 1 end) as declines,
        count(case when result = 'pending' then 1 end) as pending,
        min(case when is_approved then attempt_number end) as approved_on_attempt,
        max_by(reporting_amount, case when is_approved then position_in_payment end) as approved_reporting_amount
    from payments_enriched_silver
    left semi join later on payments_enriched_silver.payment_id = later.payment_id
    where is_sale
    group by payment_id
),
paired as (
    select
        opening.*,
        opening.event_timestamp as first_attempt_at,
        opening.event_date as first_attempt_on,
        opening.psp as first_psp,
        opening.result as first_result,
        opening.decline_reason_standard as first_decline_reason,
        opening.is_first_attempt and coalesce(opening.is_approved, false) as first_attempt_succeeded,
        coalesce(several.attempts, 1) as attempts,
        coalesce(several.last_attempt_at, opening.event_timestamp) as last_attempt_at,
        if(several.payment_id is null, opening.psp, several.last_psp) as last_psp,
        if(several.payment_id is null, opening.decline_reason_standard, several.last_decline_reason)
            as last_decline_reason,
        coalesce(several.psps_tried, if(opening.psp is null, 0, 1)) as psps_tried,
        coalesce(several.psp_switches, 0) as psp_switches,
        coalesce(several.last_result, opening.result) as last_result,
        coalesce(several.authorizations, if(opening.is_authorization, 1, 0)) as authorizations,
        coalesce(several.declines, if(opening.result = 'declined', 1, 0)) as declines,
        coalesce(several.pending, if(opening.result = 'pending', 1, 0)) as pending,
        if(several.payment_id is null, if(opening.is_approved, opening.attempt_number, null),
            several.approved_on_attempt) as approved_on_attempt,
        if(several.payment_id is null, if(opening.is_approved, opening.reporting_amount, null),
            several.approved_reporting_amount) as approved_reporting_amount
    from payments_enriched_silver as opening
    left join several on opening.payment_id = several.payment_id
    where opening.is_sale and opening.position_in_payment = 1
),
resulted as (
    select
        *,
        case when approved_on_attempt is not null then 'approved' when pending > 0 then 'pending' else last_result end
            as final_result
    from paired
)

select
    payment_id, attempts, first_attempt_at, first_attempt_on, last_attempt_at, first_psp, last_psp, psps_tried,
    psp_switches, first_result, final_result, approved_on_attempt, amount_minor, currency, reporting_amount,
    reporting_currency, approved_reporting_amount,
    case final_result when 'approved' then true when 'declined' then false end as is_approved,
    authorizations > 0 as has_authorization,
    case when authorizations > 0 then first_attempt_succeeded end as is_first_attempt_approved,
    approved_on_attempt is not null and not first_attempt_succeeded as is_recovered,
    final_result in ('approved', 'declined') as is_decided,
    final_result = 'declined' and authorizations = 0 as blocked_before_authorization,
    first_decline_reason, last_decline_reason, merchant_id, merchant_name, merchant_country, merchant_segment,
    card_network, card_bin, payment_method_type, issuer, issuer_country, is_cross_border, geo_country, wallet,
    entry_system, entry_mode, flow_type, payment_solution, initiator, is_recurring, device_type, uses_3ds,
    is_network_token, _origin, _source
from resulted
