-- One row per network, and one for all: what network tokens bring among attempts of the same issuer and network.
create or replace view v_token_uplift as

with weighted as (
    select
        *,
        cast(
            cast(token_attempts as double) * card_attempts / nullif(cast(token_attempts + card_attempts as double), 0)
            as decimal(20, 9)
        ) as weight
    from v_token_uplift_by_issuer
),
terms as (
    select
        *,
        cast(weight * token_rate as decimal(20, 9)) as token_part,
        cast(weight * card_rate as decimal(20, 9)) as card_part,
        cast(weight * weight * (uplift - uplift_low) * (uplift - uplift_low) as decimal(38, 9)) as below_part,
        cast(weight * weight * (uplift_high - uplift) * (uplift_high - uplift) as decimal(38, 9)) as above_part
    from weighted
),
levelled as (
    select 'network' as level, card_network as network, terms.* from terms
    union all
    select 'all' as level, cast(null as string) as network, terms.* from terms
),
pooled as (
    select
        level,
        network as card_network,
        count(*) as strata,
        sum(token_attempts) as token_attempts,
        sum(token_approved) as token_approved,
        sum(card_attempts) as card_attempts,
        sum(card_approved) as card_approved,
        cast(sum(token_part) as double) / nullif(cast(sum(weight) as double), 0) as token_rate,
        cast(sum(card_part) as double) / nullif(cast(sum(weight) as double), 0) as card_rate,
        sqrt(cast(sum(below_part) as double)) / nullif(cast(sum(weight) as double), 0) as below,
        sqrt(cast(sum(above_part) as double)) / nullif(cast(sum(weight) as double), 0) as above
    from levelled
    group by level, network
)

select
    * except (below, above),
    cast(token_approved as double) / nullif(token_attempts, 0)
    - cast(card_approved as double) / nullif(card_attempts, 0) as crude_uplift,
    token_rate - card_rate as uplift,
    token_rate - card_rate - below as uplift_low,
    token_rate - card_rate + above as uplift_high
from pooled
