-- One row per entry system, flow, standard reason and remedy of Brazilian declines: what could be won back.
create or replace view v_reason_code_insights_br as

with estimated as (
    select
        codes.*,
        reasons.actionability,
        reasons.recoverable_share,
        codes.decline_count * reasons.recoverable_share as estimated_recoverable_declines,
        cast(codes.total_declined_value as double) * reasons.recoverable_share as estimated_recoverable_value
    from v_reason_codes_br as codes
    left join decline_reasons as reasons on codes.decline_reason_standard = reasons.decline_reason_standard
)

select
    *,
    case when estimated_recoverable_value >= 100000 then 1 when estimated_recoverable_value >= 10000 then 2 else 3 end
        as priority
from estimated
