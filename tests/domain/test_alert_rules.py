"""Alert rules: complete, named once, and with a band that belongs to the stated false-alarm rate."""

from __future__ import annotations

from statistics import NormalDist

import pytest

from payment_analysis.domain.alert_rules import ALERT_RULES, AlertRule, alert_rule_rows

RULES = pytest.mark.parametrize("rule", ALERT_RULES, ids=lambda rule: rule.alert_type)


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len({rule.alert_type for rule in ALERT_RULES}) == len(ALERT_RULES)


def test_every_share_is_held_against_a_limit_and_against_the_usual() -> None:
    watched = {(rule.metric_name, rule.basis) for rule in ALERT_RULES}
    shares = {rule.metric_name for rule in ALERT_RULES}

    assert watched == {(share, basis) for share in shares for basis in ("limit", "usual")}
    assert shares == {"approval_rate_pct", "high_risk_pct", "slow_pct", "unanswered_pct"}


@RULES
def test_the_band_ends_where_the_stated_rate_of_false_alarms_begins(rule: AlertRule) -> None:
    assert 1 - NormalDist().cdf(rule.z) == pytest.approx(rule.false_alarm_rate, rel=1e-6)


@RULES
def test_critical_is_further_out_than_high(rule: AlertRule) -> None:
    worse = rule.direction == "above" or rule.basis == "usual"

    assert rule.critical_pct > rule.high_pct if worse else rule.critical_pct < rule.high_pct


def test_the_seed_has_one_row_per_rule_and_carries_z() -> None:
    rows = list(alert_rule_rows())

    assert [row["alert_type"] for row in rows] == [rule.alert_type for rule in ALERT_RULES]
    assert [row["z"] for row in rows] == [rule.z for rule in ALERT_RULES]
