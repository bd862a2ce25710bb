-- One row per step from every message to the rate the customer sees, by count and by value.
create or replace view v_metric_bridge as

with units as (
    select
        case
            when coalesce(is_test, false) then 'test'
            when not is_sale then 'verification'
            when result in ('pending', 'error') then result
            when is_blocked then 'blocked'
            else 'authorization'
        end as kind,
        coalesce(is_approved, false) as approved,
        coalesce(is_retry, false) as retried,
        count(*) as units,
        sum(reporting_amount) as amount
    from payments_enriched_silver
    group by kind, approved, retried
    union all
    select 'payment' as kind, is_approved is true as approved, not is_first_attempt_approved as retried, count(*),
        sum(reporting_amount)
    from payments_silver
    where has_authorization
    group by kind, approved, retried
),
steps as (
    select *
    from values
        (1, 'messages', 'attempt', 'Everything received: the last state of every authorisation message.'),
        (2, 'tests', 'attempt', 'Left out: test traffic.'),
        (3, 'verifications', 'attempt', 'Left out: card verifications without a sale.'),
        (4, 'pending', 'attempt', 'Left out: the outcome is not known yet.'),
        (5, 'errors', 'attempt', 'Left out: the message never got a yes or a no.'),
        (6, 'acceptance_rate', 'attempt', 'Approved of all attempts that got a yes or a no, also from a block.'),
        (7, 'attempt_rate', 'attempt', 'Blocks taken out: approved of what issuer or network answered.'),
        (8, 'first_attempt_rate', 'payment', 'Retries taken out: payments approved at the first attempt.'),
        (9, 'payment_rate', 'payment', 'Retries put back where they belong: payments approved in the end.'),
        (10, 'retry_uplift', 'payment', 'The part of the payment rate that a later attempt brought.'),
        (11, 'retry_success_rate', 'attempt', 'Approved of the retries that issuer or network answered.')
        as listed (step_number, step, grain, meaning)
),
judged as (
    select
        steps.*,
        units.units,
        units.amount,
        case
            when step_number <= 5 then kind <> 'payment'
            when step_number = 6 then kind in ('blocked', 'authorization')
            when grain = 'payment' then kind = 'payment'
            else kind = 'authorization' and (step_number = 7 or retried)
        end as is_counted,
        case step_number
            when 1 then true when 2 then kind = 'test' when 3 then kind = 'verification' when 4 then kind = 'pending'
            when 5 then kind = 'error' when 8 then approved and not retried when 10 then approved and retried
            else approved
        end as is_hit
    from steps
    cross join units
),
summed as (
    select
        step_number, step, grain, meaning,
        sum(case when is_counted and is_hit then units else 0 end) as numerator,
        sum(case when is_counted then units else 0 end) as denominator,
        sum(case when is_counted and is_hit then amount end) as numerator_value,
        sum(case when is_counted then amount end) as denominator_value
    from judged
    group by step_number, step, grain, meaning
)

select
    summed.*,
    cast(numerator as double) / nullif(denominator, 0) as rate,
    cast(coalesce(numerator_value, 0) as double) / nullif(denominator_value, 0) as value_rate,
    case when step_number in (7, 8, 9) then cast(numerator as double) / nullif(denominator, 0)
        - lag(cast(numerator as double) / nullif(denominator, 0)) over (order by step_number) end as rate_change,
    clock.reporting_currency
from summed
cross join data_clock as clock
