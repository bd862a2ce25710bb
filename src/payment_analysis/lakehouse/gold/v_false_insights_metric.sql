-- One row per day on which insights were reviewed.
create or replace view v_false_insights_metric as

with reviews as (
    select cast(reviewed_at as date) as review_date, verdict
    from insight_feedback_silver
)

select
    review_date,
    count(*) as reviewed_insights,
    count_if(verdict = 'invalid') as invalid_insights,
    count_if(verdict = 'non_actionable') as non_actionable_insights,
    count_if(verdict in ('invalid', 'non_actionable')) as false_insights,
    100 * cast(count_if(verdict in ('invalid', 'non_actionable')) as double) / nullif(count(*), 0)
        as false_insights_pct
from reviews
group by review_date
