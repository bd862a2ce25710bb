-- One row per attempt of a sale, with whether its payment ended there.
create or replace view attempt_ends_silver as

with longer as (select payment_id, attempts from payments_silver where attempts > 1)

select
    attempts.*,
    attempts.position_in_payment = coalesce(longer.attempts, 1) as is_last_attempt
from payments_enriched_silver as attempts
left join longer on attempts.payment_id = longer.payment_id
where attempts.is_sale
