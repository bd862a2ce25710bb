from __future__ import annotations

from tests.lakehouse.gold_world import ago, attempt, gold

from payment_analysis.lakehouse.latest_features import LatestFeatures


def test_the_features_of_a_merchant_and_a_route_stand_side_by_side() -> None:
    declined = attempt("a2", merchant_id="m1", psp="north", result="declined", event_timestamp=ago(minutes=30))
    with gold([attempt("a1", merchant_id="m1", psp="north"), declined]) as ask:
        features = LatestFeatures(ask)
        features.refresh()

        found = features.of(merchant="m1", route="north", card="unknown")

    assert found["merchant_attempts_5m"] == 1
    assert found["merchant_attempts_60m"] == 2
    assert found["route_approval_rate_60m"] == 0.5
    assert not any(name.startswith("card_") for name in found)
    assert features.as_of == ago()


def test_before_the_first_refresh_nothing_is_known() -> None:
    features = LatestFeatures(lambda _: [])

    assert features.of(merchant="m1") == {}
    assert features.as_of is None
