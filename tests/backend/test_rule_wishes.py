"""Active rules are asked with declared facts, and their wishes reach the policies."""

from __future__ import annotations

import pytest
from tests.decisioning.contexts import PLAIN, SETTINGS

from payment_analysis.backend.rule_wishes import CompiledRules, facts_of
from payment_analysis.decisioning.actions import read_action
from payment_analysis.decisioning.authentication import decide_authentication
from payment_analysis.decisioning.fields import NAMES, Decision
from payment_analysis.decisioning.retry import decide_retry
from payment_analysis.decisioning.retry_case import RetryFacts, RetryScores
from payment_analysis.decisioning.routing import RouteFacts, on_offer
from payment_analysis.decisioning.rules import Rule, compile_rule
from payment_analysis.domain.trials import RuleStatus


def rules(
    kind: Decision, condition: str, action: str, value: str, status: RuleStatus = RuleStatus.ACTIVE
) -> CompiledRules:
    rule = Rule("r1", 1, "a rule", kind, compile_rule(condition, kind), read_action(action, value, kind), status=status)
    return CompiledRules([rule], "v1")


@pytest.mark.parametrize("kind", [*Decision])
def test_facts_have_declared_names_only(kind: Decision) -> None:
    facts = facts_of(kind, PLAIN._replace(previous_decline_code="51", previous_route="north"), {"colour": 1.0})

    assert set(facts) <= set(NAMES)
    assert all(kind in NAMES[name].decisions for name in facts)


def test_the_documents_first_rule_asks_for_a_challenge_from_500_on() -> None:
    asked = rules(Decision.AUTHENTICATION, "amount_cents >= 50000", "force_path", "3ds_challenge")
    large = PLAIN._replace(amount_minor=50_000)

    small, big = (
        decide_authentication(one, None, SETTINGS, asked.wishes(Decision.AUTHENTICATION, one, {}))
        for one in (PLAIN, large)
    )

    assert (small.path, big.path, big.hits[0].followed) == ("none", "3ds_challenge", True)


def test_the_documents_second_rule_delays_a_retry() -> None:
    condition = "decline_reason IN ('INSUFFICIENT_FUNDS', 'TEMPORARY_FAILURE')"
    asked = rules(Decision.RETRY, condition, "retry_after", "172800")
    declined = PLAIN._replace(previous_decline_code="51", attempt_number=1)
    scores = RetryScores({86_400: 0.6, 259_200: 0.5})

    decision = decide_retry(declined, scores, RetryFacts(), SETTINGS, asked.wishes(Decision.RETRY, declined, {}))

    assert decision.wait_seconds == 259_200


def test_the_documents_third_rule_keeps_brazil_on_one_route_and_a_shadow_rule_only_looks() -> None:
    brazil = PLAIN._replace(merchant_country="BR")
    routes = [RouteFacts(name, (0.9, 0.9), 0.0, 0.0, 0.0, 1_000) for name in ("north", "south")]
    active = rules(Decision.ROUTING, "merchant_country = 'BR'", "force_route", "south")
    shadow = rules(Decision.ROUTING, "merchant_country = 'BR'", "force_route", "south", status=RuleStatus.SHADOW)

    kept, free = (
        on_offer(brazil, routes, 0.0, SETTINGS, wishes=one.wishes(Decision.ROUTING, brazil, {}))
        for one in (active, shadow)
    )

    assert [arm.action for arm in kept.arms if arm.footing == "full"] == ["south/standard"]
    assert [arm.action for arm in free.arms if arm.footing == "full"] == ["north/standard", "south/standard"]
    assert (free.hits[0].followed, "would say" in free.hits[0].effect) == (False, True)
