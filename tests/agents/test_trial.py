"""What agents propose is an experiment that can be carried out: it names who takes part and what is tried."""

from __future__ import annotations

import pytest

from payment_analysis.agents.trial import condition, trial
from payment_analysis.backend.trial_models import ExperimentIn
from payment_analysis.decisioning.actions import ActionKind, read_action
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.rules import compile_rule


@pytest.mark.parametrize(
    ("decision", "action", "value"),
    [
        (Decision.ROUTING, ActionKind.FORBID_ROUTE, "north"),
        (Decision.RETRY, ActionKind.RETRY_AFTER, "86400"),
        (Decision.AUTHENTICATION, ActionKind.FORCE_PATH, "3ds_challenge"),
    ],
)
def test_a_trial_is_an_experiment_whose_treatment_acts(decision: Decision, action: ActionKind, value: str) -> None:
    told = trial("try it", "words", {"issuer": "a bank", "psp": "north"}, decision, action=action, value=value)

    made = ExperimentIn.model_validate_json(told)
    control, treatment = made.variants
    assert (made.decision, control.actions, treatment.actions[0].kind) == (decision, [], action)
    read_action(action, value, decision)
    compile_rule(made.eligible, decision)


def test_a_place_is_said_in_the_words_the_decision_knows() -> None:
    where = {"issuer": "O'Bank", "psp": "north", "payment_solution": "3ds"}

    assert condition(where, Decision.ROUTING) == "issuer = 'O''Bank'"
    assert condition({"payment_solution": "3ds"}, Decision.ROUTING) == ""
