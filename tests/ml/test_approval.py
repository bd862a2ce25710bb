"""approval_propensity_model: one definition, honest numbers, and the documents' own call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from tests.ml.conftest import SMALL

from payment_analysis.domain.errors import BadInput
from payment_analysis.ml.approval import ApprovalModel
from payment_analysis.ml.columns import FORBIDDEN, RAW
from payment_analysis.ml.features import INPUTS
from payment_analysis.ml.scores import area_under_curve
from payment_analysis.ml.split import payment_codes, split_by_time

if TYPE_CHECKING:
    from tests.ml.conftest import Small

    from payment_analysis.ml.training import Trained


def test_no_raw_column_is_forbidden() -> None:
    assert set(RAW) & set(FORBIDDEN) == set()


def test_dropping_every_forbidden_column_changes_no_prediction(approval: Trained) -> None:
    rows = approval.exam.rows
    blind = rows.drop_columns([name for name in FORBIDDEN if name in rows.column_names])

    assert np.array_equal(approval.model.predict(blind), approval.model.predict(rows))


def test_one_attempt_alone_is_predicted_as_in_a_batch(approval: Trained) -> None:
    rows = approval.exam.rows.slice(0, 50)

    alone = [approval.model.predict(rows.slice(place, 1))[0] for place in range(rows.num_rows)]

    assert np.allclose(alone, approval.model.predict(rows), atol=1e-12)


def test_a_decision_gets_the_chances_a_table_would_give(approval: Trained) -> None:
    rows = approval.exam.rows.slice(0, 100)
    raw = rows.select([name for name in INPUTS if name in rows.column_names]).to_pylist()

    at_once = [approval.model.chances(attempt, [attempt["psp"]])[0] for attempt in raw]

    assert np.allclose(at_once, approval.model.predict(rows), atol=1e-12)


def test_the_model_beats_the_constant_on_later_attempts(approval: Trained) -> None:
    assert approval.card.measure("log_loss_skill").value > 0.10
    assert approval.card.measure("auc").value > 0.70


def test_shuffled_labels_give_chance(small: Small) -> None:
    split = split_by_time(small.lessons.rows)
    luck = np.random.default_rng(5).permutation(small.lessons.labels)

    model = ApprovalModel(SMALL).fit(small.lessons.at(split.train), luck[split.train])
    area = area_under_curve(luck[split.test], model.predict(small.lessons.at(split.test)))

    assert abs(area - 0.5) < 0.06


def test_a_payment_is_on_one_side_of_the_split(small: Small) -> None:
    split, payment = split_by_time(small.lessons.rows), payment_codes(small.lessons.rows)

    assert not set(payment[split.train]) & set(payment[split.test])
    assert not set(payment[split.calibrate]) & set(payment[split.test])


def test_the_documents_own_vector_is_understood(approval: Trained) -> None:
    (chance,) = approval.model.predict([[199.99, 0.15, 0.92, 0, 0, 1]])
    (risky,) = approval.model.predict([[199.99, 0.95, 0.05, 1, 3, 0]])

    assert 0.5 < chance < 1.0
    assert risky < chance


def test_a_vector_of_another_length_is_refused_with_the_names(approval: Trained) -> None:
    with pytest.raises(BadInput, match="no attempts"):
        approval.model.predict([[1.0, 2.0]])


def test_contributions_add_up_to_the_prediction(approval: Trained) -> None:
    rows = approval.exam.rows.slice(0, 20)

    names, exact = approval.model.explain(rows)

    assert exact.shape == (20, len(names))
    assert np.allclose(1 / (1 + np.exp(-exact.sum(axis=1))), approval.model.predict(rows))


def test_an_issuer_nobody_knows_is_less_certain(approval: Trained) -> None:
    rows = approval.exam.rows.slice(0, 200)
    strange = rows.set_column(rows.schema.get_field_index("issuer"), "issuer", pa.array(["nobody"] * rows.num_rows))

    assert approval.model.routes_.error(strange).mean() > approval.model.routes_.error(rows).mean()
