"""What a card has been used for, in one question: locked first, then read, so that nobody counts beside it."""

from __future__ import annotations

from typing import Final

from alembic import op

revision: Final = "v0010_card_history"
down_revision: Final = "v0009_agents"

# Each statement of a volatile function sees what was committed before it, so also what the lock was waited for.
_FUNCTION: Final = """
create function payment_analysis.history_of_cards(locks bigint[], cards text[], since timestamptz)
returns table (card_key text, attempted_at timestamptz, payment_id text, traits jsonb)
language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(number) from unnest(locks) as number;
    return query
        select one.card_key, one.attempted_at, one.payment_id, one.traits
        from payment_analysis.cardattempt as one
        where one.card_key = any(cards) and one.attempted_at > since
        order by one.attempted_at;
end
$$"""


def upgrade() -> None:
    op.execute(_FUNCTION)


def downgrade() -> None:
    op.execute("drop function payment_analysis.history_of_cards(bigint[], text[], timestamptz)")
