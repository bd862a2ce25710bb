"""Ids of decisions are random UUIDs."""

from __future__ import annotations

import uuid

from payment_analysis.backend.fresh_ids import AT_ONCE, FreshIds


def test_every_id_is_another_random_uuid() -> None:
    fresh = FreshIds()

    ids = [uuid.UUID(fresh()) for _ in range(3 * AT_ONCE)]

    assert len(set(ids)) == len(ids)
    assert {(one.version, one.variant) for one in ids} == {(4, uuid.RFC_4122)}
