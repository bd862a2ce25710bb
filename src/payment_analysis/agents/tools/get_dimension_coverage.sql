-- One row per dimension: how many attempts carry it.
select
    dimension,
    attempts,
    attempts_with_value,
    100 * coverage as coverage_pct
from v_dimension_coverage
order by coverage, dimension
