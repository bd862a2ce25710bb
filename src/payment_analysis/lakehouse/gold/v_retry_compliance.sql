-- One row per retry rule of a network that declines counted towards: attempts over it, fees incurred and avoided.
create or replace view v_retry_compliance as

with matched as (
    select rule_id, count(*) as matching_declines
    from retry_rule_hits_silver
    where is_in_force
    group by rule_id
),
rules as (
    select
        rules.*,
        matched.rule_id,
        matched.matching_declines,
        cast(rules.fee_minor * case currencies.exponent when 0 then 1 when 2 then 0.01 when 3 then 0.001 end
            as decimal(18, 3)) as fee_amount
    from retry_rules as rules
    inner join matched
        on matched.rule_id = concat_ws(
            '|', rules.network, rules.rule, rules.region, rules.issuer, rules.matches,
            cast(rules.effective_from as string)
        )
    left join currencies on rules.fee_currency = currencies.code
),
charged as (
    select
        limits.rule_id,
        count_if(limits.is_over) as attempts_over,
        count_if(limits.is_over and limits.is_approved) as attempts_over_approved,
        sum(case when limits.is_over then limits.approved_amount end) as approved_over_value,
        count_if(limits.is_stop) as stops,
        min(case when limits.is_over then limits.event_timestamp end) as first_over_at,
        max(case when limits.is_over then limits.event_timestamp end) as last_over_at,
        sum(case when limits.is_over then cast(rules.fee_amount * rates.rate as decimal(18, 6)) end) as fees_incurred,
        sum(case when limits.is_stop then cast(rules.fee_amount * rates.rate as decimal(18, 6)) end) as fees_avoided
    from retry_limits_silver as limits
    inner join rules on limits.rule_id = rules.rule_id
    left join reporting_rates as rates
        on rules.fee_currency = rates.currency
        and limits.event_date >= rates.valid_from and limits.event_date < rates.valid_to
    group by limits.rule_id
)

select
    rules.network, rules.rule, rules.region, rules.issuer, rules.counts, rules.matches, rules.key,
    rules.attempts_max, rules.window_seconds, rules.effective_from, rules.effective_to, rules.fee_minor,
    rules.fee_currency, rules.source, rules.matching_declines,
    coalesce(charged.attempts_over, 0) as attempts_over,
    coalesce(charged.attempts_over_approved, 0) as attempts_over_approved,
    charged.approved_over_value,
    rules.fee_minor * coalesce(charged.attempts_over, 0) as fees_incurred_minor,
    case when coalesce(charged.attempts_over, 0) = 0 and rules.fee_minor is not null then 0
        else charged.fees_incurred end as fees_incurred,
    coalesce(charged.stops, 0) as attempts_avoided,
    case when coalesce(charged.stops, 0) = 0 and rules.fee_minor is not null then 0
        else charged.fees_avoided end as fees_avoided,
    charged.first_over_at,
    charged.last_over_at,
    clock.reporting_currency
from rules
left join charged on rules.rule_id = charged.rule_id
cross join data_clock as clock
