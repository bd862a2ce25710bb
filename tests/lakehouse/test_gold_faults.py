"""The faults of the earlier implementation that concern gold, each as a claim that it is gone (inventory §10)."""

from __future__ import annotations

from datetime import timedelta

from tests.lakehouse.gold_world import NOW, SOURCES, TABLES, ago, attempt, gold

from payment_analysis.domain.alert_rules import ALERT_RULES
from payment_analysis.domain.decline_reasons import STANDARDS, StandardReason

WEEK = timedelta(days=7)


def _traffic(psp: str, at: object, approved: int, declined: int, **known: object) -> list[dict[str, object]]:
    results = ["approved"] * approved + ["declined"] * declined
    return [
        attempt(f"{psp}-{at}-{number}", psp=psp, event_timestamp=at, result=result, **known)
        for number, result in enumerate(results)
    ]


def _four_weeks(psp: str, approved: int, declined: int) -> list[dict[str, object]]:
    return [row for back in range(1, 5) for row in _traffic(psp, NOW - back * WEEK, approved, declined)]


def test_a_path_has_the_services_it_went_through() -> None:
    """Fault 7: the service path was always empty."""
    link = {"geo_country": "BR", "flow_type": "payment_link"}
    rows = [attempt("a", service_path="antifraud=pass+vault", **link), attempt("b", service_path="vault", **link)]

    with gold(rows) as ask:
        paths = {row["service_path"] for row in ask("select service_path from v_smart_checkout_service_path_br")}

    assert paths == {"antifraud=pass+vault", "vault"}


def test_recommendations_know_the_reason_they_are_about() -> None:
    """Fault 8: v_recommendations read a column that v_decline_patterns no longer had."""
    assert "decline_reason" in TABLES["v_decline_patterns"].columns
    assert "decline_reason" in TABLES["v_recommendations"].columns


def test_streaming_features_know_cross_border_and_merchants_exactly() -> None:
    """Faults 9 and 10: the stream lacked is_cross_border, and an exact count of merchants stopped it."""
    rows = [
        attempt("a", merchant_segment="Retail", merchant_id="m1", is_cross_border=True),
        attempt("b", merchant_segment="Retail", merchant_id="m2", is_cross_border=False),
        attempt("c", merchant_segment="Retail", merchant_id="m2", is_cross_border=None),
    ]

    with gold(rows) as ask:
        (newest,) = ask("select * from online_features_stream qualify row_number() over (order by window_end desc) = 1")

    assert (newest["unique_merchants_5m"], newest["cross_border_pct_5m"]) == (2, 50)


def test_the_success_of_a_retry_is_that_of_the_retry() -> None:
    """Fault 34: grouped by its own decline reason a retry could only be all or nothing."""
    rows = [
        attempt(f"r{number}", is_retry=True, is_first_attempt=False, retried_reason="FUNDS_OR_LIMIT", result=result)
        for number, result in enumerate(["approved", "declined", "declined", "declined"])
    ]

    with gold(rows) as ask:
        (found,) = ask("select decline_reason, retry_success_rate_pct as rate from v_retry_success_by_reason")

    assert found == {"decline_reason": "FUNDS_OR_LIMIT", "rate": 25}


def test_an_expired_card_is_told_to_be_renewed() -> None:
    """Fault 38: EXPIRED_CARD was looked for where CARD_EXPIRED stood."""
    reason = {"decline_reason_detail": "expired_card", "decline_reason_standard": "CARD_EXPIRED"}
    rows = [attempt(f"x{n}", result="declined", recommended_action="update_card", **reason) for n in range(5)]

    with gold(rows) as ask:
        (advice,) = ask("select recommended_action, recommendation from v_recommendations")

    assert advice["recommended_action"] == "update_card"
    assert advice["recommendation"] == STANDARDS[StandardReason.CARD_EXPIRED].default_action


def test_reason_codes_carry_the_remedy_of_the_decline_itself() -> None:
    """Fault 39: taxonomy and silver named different actions for one reason."""
    reason = {"decline_reason_standard": "SECURITY_CVV", "recommended_action": "ask_cardholder"}
    rows = [attempt("a", result="declined", geo_country="BR", **reason)]

    with gold(rows) as ask:
        (code,) = ask("select recommended_action from v_reason_code_insights_br")

    assert code == {"recommended_action": "ask_cardholder"}


def test_a_rate_that_is_usual_raises_no_alert() -> None:
    """Fault 43: at 84 % approved, the alerts below 85 % never stopped."""
    rows = _four_weeks("one", 20, 80) + _traffic("one", NOW, 20, 80)

    with gold(rows) as ask:
        alerts = ask("select * from v_active_alerts")

    assert alerts == []


def test_a_handful_of_attempts_raises_no_alert() -> None:
    """Fault 43: one risky attempt more in an hour of much traffic was an alert, and so was one decline of one."""
    rows = _four_weeks("one", 90, 10) + _traffic("one", NOW, 0, 5)

    with gold(rows) as ask:
        alerts = ask("select * from v_active_alerts")

    assert alerts == []


def test_an_alert_remembers_when_it_began() -> None:
    """Fault 43: first_detected was always now."""
    rows = _four_weeks("one", 90, 10) + _traffic("two", NOW, 60, 0)
    for minutes in (30, 20, 10, 0):
        rows += _traffic("one", ago(minutes=minutes), 10, 50)

    with gold(rows) as ask:
        (alert,) = ask("select * from v_active_alerts where scope_type = 'psp' and alert_type = 'APPROVAL_RATE_DROP'")

    assert alert["scope_value"] == "one"
    assert alert["severity"] == "CRITICAL"
    assert alert["first_detected"] <= ago(minutes=30)


def test_slow_answers_are_counted_where_there_are_some() -> None:
    """Fault 44: nothing was ever slower than half a second."""
    rows = [attempt(f"s{number}", psp="one", processing_time_ms=200 + 200 * number) for number in range(4)]

    with gold(rows) as ask:
        (health,) = ask("select timed, slow from v_scope_health_5min where scope_type = 'psp'")

    assert health == {"timed": 4, "slow": 2}


def test_every_rule_that_watches_time_can_fire() -> None:
    """Fault 44: an alert that can never come is none."""
    rows = [attempt(f"s{number}", psp="one", processing_time_ms=3000) for number in range(100)]

    with gold(rows) as ask:
        alerts = {row["alert_type"] for row in ask("select distinct alert_type from payments_stream_alerts")}

    assert alerts == {"HIGH_LATENCY"}
    assert alerts <= {rule.alert_type for rule in ALERT_RULES}


def test_one_retry_view_has_the_columns_of_both_documents() -> None:
    """Fault 45: two definitions shared the name v_retry_performance."""
    first = "decline_reason retry_count retry_attempts retry_success_rate_pct recovered_value effectiveness"
    second = "retry_scenario decline_reason_standard success_rate_pct baseline_approval_pct incremental_lift_pct"

    assert set(f"{first} {second}".split()) <= TABLES["v_retry_performance"].columns.keys()


def test_no_decision_is_derived_from_an_outcome() -> None:
    """Fault 46: the log of decisions was made from the payments it should explain."""
    derived = {"decision_log_silver", "smart_checkout_decisions_silver"}

    assert not derived & (TABLES.keys() | SOURCES.keys())
    assert "recommended_path" not in TABLES["v_smart_checkout_path_performance_br"].columns


def test_false_insights_come_from_people_alone() -> None:
    """Fault 47: the metric came from five literal rows."""
    assert TABLES["v_false_insights_metric"].reads == {"insight_feedback_silver"}
    assert "insight_feedback_silver" in SOURCES

    with gold([attempt("a")]) as ask:
        assert ask("select * from v_false_insights_metric") == []


def test_online_features_are_made_of_attempts() -> None:
    """Fault 48: nothing ever wrote online_features."""
    with gold([attempt("a", merchant_id="m1", psp="one", issuer="bank", card_token_id="c1")]) as ask:
        entities = {row["entity_type"] for row in ask("select distinct entity_type from online_features")}

    assert entities == {"merchant", "issuer", "route", "card"}


def test_bronze_and_silver_are_compared_on_one_clock() -> None:
    """Inventory §2.2, 15: bronze was counted by arrival, silver by event."""
    old = {"event_timestamp": ago(days=400), "_ingested_at": NOW}
    new = {"event_timestamp": NOW, "_ingested_at": NOW}
    events = [{"_event_key": "k1", **old}, {"_event_key": "k2", **new}]
    rows = [attempt("a", event_timestamp=ago(days=400)), attempt("b")]

    with gold(rows, {"payments_stream_input": events, "payments_raw_bronze": events}) as ask:
        (day,) = ask("select bronze_last_24h, silver_last_24h, retention_pct_24h from v_data_quality_summary")

    assert day == {"bronze_last_24h": 1, "silver_last_24h": 1, "retention_pct_24h": 100}


def test_the_rate_of_a_metric_view_is_not_split_by_the_outcome() -> None:
    """Within one decline reason the approval rate could only be 0, and without one 100."""
    rows = [attempt("a"), attempt("b", result="declined", decline_reason_detail="insufficient_funds")]

    with gold(rows) as ask:
        rates = [row["rate"] for row in ask("select `Approval Rate Pct` as rate from payment_metrics")]

    assert rates == [50, 50]
