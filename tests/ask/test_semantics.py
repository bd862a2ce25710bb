"""The semantic files agree with the house: equal numbers from the gold views, columns that exist, words that are used once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from payment_analysis.agents.ask.compiler import compile_spec
from payment_analysis.agents.ask.semantics import Kind, Metric, semantics
from payment_analysis.agents.ask.spec import Spec
from payment_analysis.domain.metrics import Rate

if TYPE_CHECKING:
    from payment_analysis.lakehouse.lakehouse import Lakehouse

KNOWN = semantics()
PROVEN = [metric for metric in KNOWN.metrics.values() if metric.proof]
PAIRS = [
    (dimension.name, source)
    for dimension in KNOWN.dimensions.values()
    for source in dimension.columns
    if dimension.kind is not Kind.NUMBER
]


@pytest.mark.parametrize("metric", PROVEN, ids=lambda metric: metric.name)
def test_a_figure_is_the_number_of_the_gold_view(metric: Metric, frozen: Lakehouse) -> None:
    ((ours, *_), *_) = frozen.query(compile_spec(Spec(metrics=(metric.name,))).sql).rows
    ((theirs,),) = frozen.query(metric.proof).rows

    assert ours is not None
    assert float(ours) == pytest.approx(float(theirs), rel=1e-9)


def test_every_rate_of_the_domain_is_a_figure() -> None:
    assert set(Rate) <= set(KNOWN.metrics)


@pytest.mark.parametrize(("dimension", "source"), PAIRS)
def test_every_dimension_tells_its_sources_apart(dimension: str, source: str, frozen: Lakehouse) -> None:
    metric = next(one.name for one in KNOWN.metrics.values() if one.source == source)

    answer = frozen.query(compile_spec(Spec(metrics=(metric,), dimensions=(dimension,))).sql)

    assert answer.columns[:2] == [dimension, metric]


def test_no_word_means_two_figures() -> None:
    words = Counter(
        word for metric in KNOWN.metrics.values() for word in {w for listed in metric.words.values() for w in listed}
    )

    assert [word for word, times in words.items() if times > 1] == []
