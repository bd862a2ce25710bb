-- One row per day on which people judged insights.
select
    review_date,
    reviewed_insights,
    false_insights,
    false_insights_pct
from v_false_insights_metric
order by review_date desc
