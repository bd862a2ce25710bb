"""Whether an incident is over is a function of counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment_analysis.domain.alert_rules import ALERT_RULES
from payment_analysis.domain.incidents import SEVERITY_OF_ALERT, Counted, Recovery, judge_recovery

# hits trials  normal broken  verdict
CASES = """
    860  1000   0.86   0.40   resolved
    900  1000   0.86   0.40   resolved
    700  1000   0.86   0.40   improving
    600  1000   0.86   0.40   still_failing
    300  1000   0.86   0.40   still_failing
     20    29   0.86   0.40   too_little_data
     50  1000   0.05   0.40   resolved
    200  1000   0.05   0.40   improving
    390  1000   0.05   0.40   still_failing
"""


@pytest.mark.parametrize("case", CASES.strip().splitlines(), ids=str.split)
def test_verdicts(case: str) -> None:
    hits, trials, normal, broken, verdict = case.split()

    judged = judge_recovery(Counted(int(hits), int(trials)), normal=float(normal), broken=float(broken), trials_min=30)

    assert judged.recovery == verdict


@given(st.integers(30, 500), st.data())
def test_more_approvals_never_look_worse(trials: int, data: st.DataObject) -> None:
    order = [Recovery.STILL_FAILING, Recovery.IMPROVING, Recovery.RESOLVED]
    fewer = data.draw(st.integers(0, trials))
    more = data.draw(st.integers(fewer, trials))

    worse, better = (
        judge_recovery(Counted(hits, trials), normal=0.86, broken=0.4, trials_min=30).recovery for hits in (fewer, more)
    )

    assert order.index(worse) <= order.index(better)


def test_both_severities_of_alerts_have_one_of_incidents() -> None:
    assert set(SEVERITY_OF_ALERT) == {"CRITICAL", "HIGH"}
    assert ALERT_RULES
