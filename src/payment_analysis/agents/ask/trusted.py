"""The questions we vouch for: what they mean, the SQL that a person has checked, and samples to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from payment_analysis.agents.ask.semantics import read
from payment_analysis.agents.ask.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class TrustedQuery:
    """A question in three languages, its checked SQL over gold views, and what it means to us."""

    name: str
    question: Mapping[str, str]
    sql: str
    spec: Spec
    period: str  # in the words of a question; empty means all time


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A question and the SQL of its right answer."""

    question: str
    sql: str


@dataclass(frozen=True, slots=True)
class Space:
    """A Genie space: what it may read, and what it is taught and measured by."""

    name: str
    title: str
    description: str
    tables: tuple[str, ...]
    trusted: tuple[TrustedQuery, ...]
    samples: tuple[Mapping[str, str], ...]
    benchmarks: tuple[Benchmark, ...]


@cache
def trusted_queries() -> Mapping[str, TrustedQuery]:
    """Every trusted query by name."""
    return {
        name: TrustedQuery(name, one["question"], one["sql"], Spec.model_validate(one["spec"]), one.get("period", ""))
        for name, one in read("spaces")["trusted"].items()
    }


@cache
def spaces() -> Mapping[str, Space]:
    """The Genie spaces by name."""
    content: dict[str, Any] = read("spaces")
    trusted, samples = trusted_queries(), content["samples"]
    return {
        name: Space(
            name=name,
            title=one["title"],
            description=one["description"],
            tables=tuple(one["tables"]),
            trusted=tuple(trusted[query] for query in one["trusted"]),
            samples=tuple(samples[sample] for sample in one["samples"]),
            benchmarks=tuple(Benchmark(**given) for given in content["benchmarks"][name]),
        )
        for name, one in content["spaces"].items()
    }


def instructions() -> str:
    """What whoever answers questions has to know, in prose."""
    text: str = read("spaces")["instructions"]
    return text.strip()
