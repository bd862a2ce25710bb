-- One row per issuer and network of the last ninety days where cards were sent both with and without a network token.
create or replace view v_token_uplift_by_issuer as

with firsts as (
    select
        silver.card_network,
        silver.issuer,
        silver.issuer_country,
        count_if(silver.is_network_token) as token_attempts,
        count_if(silver.is_network_token and silver.is_approved) as token_approved,
        count_if(not silver.is_network_token) as card_attempts,
        count_if(not silver.is_network_token and silver.is_approved) as card_approved
    from payments_enriched_silver as silver
    cross join data_clock as clock
    where
        silver.is_authorization and silver.is_first_attempt and silver.card_network is not null
        and silver.issuer is not null and silver.event_timestamp > clock.as_of - interval 90 days
    group by silver.card_network, silver.issuer, silver.issuer_country
),
numbers as (
    select
        *,
        cast(token_attempts as double) as token_n,
        cast(token_approved as double) as token_k,
        cast(card_attempts as double) as card_n,
        cast(card_approved as double) as card_k
    from firsts
    where token_attempts > 0 and card_attempts > 0
),
rated as (
    select
        *,
        token_k / nullif(token_n, 0) as token_rate,
        card_k / nullif(card_n, 0) as card_rate,
        1.96 * sqrt(token_k * (token_n - token_k) / nullif(token_n, 0) + 0.9604) as token_half,
        1.96 * sqrt(card_k * (card_n - card_k) / nullif(card_n, 0) + 0.9604) as card_half
    from numbers
),
spread as (
    select
        *,
        token_rate - (token_k + 1.9208 - token_half) / nullif(token_n + 3.8416, 0) as token_below,
        (token_k + 1.9208 + token_half) / nullif(token_n + 3.8416, 0) - token_rate as token_above,
        card_rate - (card_k + 1.9208 - card_half) / nullif(card_n + 3.8416, 0) as card_below,
        (card_k + 1.9208 + card_half) / nullif(card_n + 3.8416, 0) - card_rate as card_above
    from rated
)

select
    card_network,
    issuer,
    issuer_country,
    token_attempts,
    token_approved,
    card_attempts,
    card_approved,
    token_rate,
    card_rate,
    token_rate - card_rate as uplift,
    token_rate - card_rate - sqrt(token_below * token_below + card_above * card_above) as uplift_low,
    token_rate - card_rate + sqrt(token_above * token_above + card_below * card_below) as uplift_high
from spread
