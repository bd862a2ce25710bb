"""What is found wrong with two rules, asked one after the other."""

from __future__ import annotations

import pytest

from payment_analysis.decisioning.actions import read_action
from payment_analysis.decisioning.analysis import analyse
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.rules import Rule, compile_rule, evaluate, in_order
from payment_analysis.domain.trials import RuleStatus


def rule(name: str, text: str, priority: int = 100, status: RuleStatus = RuleStatus.ACTIVE) -> Rule:
    """`decision / condition / action value`."""
    decision, condition, action = (part.strip() for part in text.split("/"))
    kind, _, value = action.partition(" ")
    known = Decision(decision)
    return Rule(name, 1, name, known, compile_rule(condition, known), read_action(kind, value, known), priority, status)


CASES = """
    routing / network = 'visa' / force_route a          | routing / network = 'elo' / force_route b                      |
    routing / network = 'visa' / force_route a          | routing / issuer_country = 'BR' / force_route b                | conflict
    routing / network = 'visa' / force_route a          | routing / network = 'visa' and mcc = '1' / force_route b       | shadowed
    routing / network = 'visa' / force_route a          | routing / network = 'visa' and mcc = '1' / force_route a       | redundant
    routing / network in ('visa','elo') / forbid_route a | routing / network = 'elo' / force_route a                     | shadowed
    routing / mcc = '1' / force_route a                 | routing / / forbid_route a                                     | always, conflict
    routing / fraud_score > 0.5 / no_cascade            | routing / fraud_score > 0.5 and fraud_score < 0.2 / no_cascade | never
    routing / attempt_number > 1 / no_cascade           | routing / attempt_number > 1 and attempt_number < 2 / no_cascade | never
    routing / amount > 10 BRL / no_cascade              | routing / amount > 20 BRL / no_cascade                         | redundant
    routing / amount > 10 BRL / no_cascade              | routing / amount > 20 EUR / no_cascade                         |
    routing / amount_minor > 10 / no_cascade            | routing / mcc = '1' / no_cascade                               | mixed_currencies
    retry / decline_fault = 'issuer' / do_not_retry     | retry / decline_fault = 'issuer' / retry_after 60              | shadowed
    retry / decline_fault = 'issuer' / retry_after 60   | retry / is_recurring / do_not_retry                            | conflict
    retry / wallet is null / do_not_retry               | retry / wallet = 'apple_pay' / retry_after 60                  |
    authentication / mcc = '1' / forbid_exemption       | authentication / mcc = '1' / request_exemption low_value       | shadowed
    routing / issuer like 'A%' / force_route a          | routing / issuer like 'A%' and mcc = '1' / force_route b       | shadowed
"""


@pytest.mark.parametrize("case", CASES.strip().splitlines())
def test_findings_of_two_rules(case: str) -> None:
    first, second, expected = (part.strip() for part in case.split("|"))

    found = analyse([rule("first", first, 1), rule("second", second, 2)])

    assert ", ".join(sorted(finding.kind for finding in found)) == expected


def test_shadow_rules_are_hits_that_do_not_count_and_drafts_are_not_asked() -> None:
    rules = [
        rule("late", "routing / / no_cascade", 9),
        rule("shadow", "routing / / no_exploration", 1, RuleStatus.SHADOW),
        rule("draft", "routing / / no_cascade", 1, RuleStatus.DRAFT),
        rule("foreign", "retry / / do_not_retry", 1),
    ]

    hits = evaluate(in_order(rules, Decision.ROUTING), {})

    assert [(hit.rule_id, hit.counts) for hit in hits] == [("shadow", False), ("late", True)]
    assert hits[0].reason == "rule shadow (version 1) would say: explore nothing"


def test_what_nobody_knows_fires_no_rule() -> None:
    told = compile_rule("NOT (fraud_score > 50% AND wallet = 'apple_pay')")

    assert told.holds({"fraud_score": 0.9}) is None
    assert told.holds({"fraud_score": 0.1}) is True
    assert evaluate([rule("r", "routing / not fraud_score > 50% / no_cascade")], {}) == ()
