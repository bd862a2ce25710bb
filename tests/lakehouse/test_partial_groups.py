"""Questions that no view asks: over groups of rows, and with several groupings at once, they say what silver says."""

from __future__ import annotations

import pytest
from tests.lakehouse.partial_groups import MOVEMENT, QUESTIONS, UNGROUPED
from tests.lakehouse.partial_world import Told, told_in_parts

from payment_analysis.domain.scope import Dimension, Scope


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told_in_parts(tmp_path_factory.mktemp("partials"))


@pytest.mark.parametrize("scope", ["everything", Dimension.NETWORK, Dimension.COUNTRY])
@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_over_groups_is_what_a_full_recompute_gives(told: Told, question: str, scope: str) -> None:
    within = Scope() if scope == "everything" else told.values(Dimension(scope))

    assert told.groups_rows(question, within) == (question not in UNGROUPED)
    told.compare(question, within)


def test_a_question_with_several_groupings_is_answered_by_cells(told: Told) -> None:
    within = told.values(Dimension.NETWORK)

    assert '"payments"' in told.sql(MOVEMENT, within)
    told.compare(MOVEMENT, within)
    told.compare(MOVEMENT, Scope())
