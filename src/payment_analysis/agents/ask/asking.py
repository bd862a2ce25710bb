"""Asking: from a question, or an edited spec, to its answer over one lakehouse and the scope of a page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Protocol

from payment_analysis.agents.ask.answer import Answer, AnswerColumn, ChipChoice
from payment_analysis.agents.ask.chips import chips
from payment_analysis.agents.ask.compiler import ROWS_MAX, compile_spec
from payment_analysis.agents.ask.parser import parse
from payment_analysis.agents.ask.reading import Reading, Status
from payment_analysis.agents.ask.semantics import Unit, semantics
from payment_analysis.agents.ask.sentences import sentence
from payment_analysis.agents.ask.spec import Period, Spec
from payment_analysis.agents.ask.suggestions import suggestions
from payment_analysis.agents.ask.trusted import trusted_queries
from payment_analysis.agents.ask.values import ATTEMPTS, Warehouse, held
from payment_analysis.domain.errors import NotBuilt
from payment_analysis.domain.scope import Scope
from payment_analysis.lakehouse.scope import scoped

if TYPE_CHECKING:
    from payment_analysis.agents.ask.answer import By
    from payment_analysis.agents.ask.compiler import Column
    from payment_analysis.agents.ask.values import Held

SECONDS_MAX: Final = 20.0
WHY: Final = "Why a rate moved is found by the root-cause analysis: `payment-analysis diagnose`, or the page Incidents."
Explain = Callable[[Spec, Scope], str]  # why a figure moved, in words; the root-cause analysis is handed in


class Versioned(Protocol):
    """The state of a table."""

    @property
    def version(self) -> int: ...


class VersionedWarehouse(Warehouse, Protocol):
    """A lakehouse that tells the versions of its tables."""

    def freshness(self, names: Sequence[str] | None = None) -> Mapping[str, Versioned]: ...


@dataclass(frozen=True, slots=True)
class ModelReading:
    """What a language model made of a question: a reading, or why there is none."""

    reading: Reading | None
    note: str = ""


Model = Callable[[str, "Held"], ModelReading]


@dataclass(frozen=True, slots=True)
class Asker:
    """Answers questions; a model reads what it can, the parser reads the rest."""

    warehouse: Warehouse
    held: Held
    model: Model | None = None
    explain: Explain | None = None

    def ask(self, question: str, scope: Scope | None = None) -> Answer:
        """The answer to a question in words; `scope` is what the page shows."""
        started = time.perf_counter()
        scope = scope or Scope()
        page = _page_period(scope)
        by: By = "parser"
        reading, note = parse(question, self.held, page=page), ""
        if self.model is not None and reading.status is not Status.REFUSED:
            told = self.model(question, self.held)
            note = told.note
            if told.reading is not None:
                agreed = told.reading.spec == reading.spec
                by = "model"
                reading = replace(told.reading, is_certain=agreed and reading.is_certain)
        return self._answer(_Told(question, by, note, started), reading, scope)

    def edited(self, question: str, spec: Spec, scope: Scope | None = None) -> Answer:
        """The answer to a spec that a person changed."""
        started = time.perf_counter()
        compile_spec(spec)
        told = _Told(question, "person", "", started)
        return self._answer(told, Reading(Status.ANSWERED, spec), scope or Scope())

    def _answer(self, told: _Told, reading: Reading, scope: Scope) -> Answer:
        if reading.spec is None or reading.status in {Status.ASKS_BACK, Status.UNKNOWN, Status.REFUSED}:
            like = [] if reading.status is Status.REFUSED else suggestions(told.question)
            return told.without_rows(reading, like)
        if reading.status is Status.CAUSE:
            why = self.explain(reading.spec, scope_of(reading.spec, scope)) if self.explain else WHY
            return told.without_rows(replace(reading, message=why), [])
        asked = compile_spec(reading.spec)
        sql = scoped(asked.sql, scope_of(reading.spec, scope))
        result = self.warehouse.query(sql, ROWS_MAX, seconds=SECONDS_MAX)
        return Answer(
            question=told.question,
            status=reading.status,
            sentence=sentence(reading.spec, asked.columns, result.rows, self.held.currency),
            hint="",
            spec=reading.spec,
            columns=[_column(reading.spec, column) for column in asked.columns],
            rows=[[float(cell) if isinstance(cell, Decimal) else cell for cell in row] for row in result.rows],
            is_cut=result.truncated or len(result.rows) == ROWS_MAX,
            sql=sql,
            chips=chips(reading.spec, self.held),
            notes=list(reading.notes),
            ignored=list(reading.ignored),
            is_verified=reading.is_certain and told.by != "person",
            trusted=_trusted(reading.spec),
            by=told.by,
            model_note=told.note,
            choices=[],
            suggestions=[],
            currency=self.held.currency,
            seconds=told.seconds,
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """How an answer came about."""

    question: str
    by: By
    note: str
    started: float

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started

    def without_rows(self, reading: Reading, like: list[str]) -> Answer:
        """No figures: we ask back, do not know, refuse, or hand over."""
        empty: dict[str, Any] = {"columns": [], "rows": [], "chips": [], "ignored": list(reading.ignored)}
        return Answer(
            question=self.question,
            status=reading.status,
            sentence=reading.message,
            hint=reading.hint,
            spec=reading.spec,
            is_cut=False,
            sql="",
            notes=list(reading.notes),
            is_verified=False,
            trusted=None,
            by=self.by,
            model_note=self.note,
            choices=[ChipChoice(label=choice.label, spec=choice.spec) for choice in reading.choices],
            suggestions=like,
            currency="",
            seconds=self.seconds,
            **empty,
        )


class Askers:
    """The asker over the newest state of a lakehouse; looking at its values takes a moment: it is kept per version."""

    def __init__(
        self, warehouse: VersionedWarehouse, *, model: Model | None = None, explain: Explain | None = None
    ) -> None:
        self._warehouse = warehouse
        self._model = model
        self._explain = explain
        self._lock = threading.Lock()
        self._kept: tuple[int, Asker] | None = None

    def current(self) -> Asker:
        """The asker over what the lakehouse holds now."""
        state = self._warehouse.freshness([ATTEMPTS]).get(ATTEMPTS)
        if state is None:
            raise NotBuilt(f"table {ATTEMPTS} is not built yet", hint="run `payment-analysis build`")
        with self._lock:
            if self._kept is None or self._kept[0] != state.version:
                asker = Asker(self._warehouse, held(self._warehouse), self._model, self._explain)
                self._kept = (state.version, asker)
            return self._kept[1]


def scope_of(spec: Spec, page: Scope) -> Scope:
    """The scope of a spec: what the page shows, unless the question says otherwise about the same thing."""
    source = semantics().sources[semantics().metrics[spec.metrics[0]].source]
    periods = [period for period in (spec.period, spec.compare) if period is not None]
    start = min((period.start for period in periods), default=None)
    end = max((period.end for period in periods), default=None)
    found = replace(page, start=start, end=end)
    if source.time is None:
        return Scope()  # what is wrong now is wrong whatever a page shows
    for one in spec.filters:
        dimension = semantics().dimensions[one.dimension].scope
        if dimension is not None and one.values and not one.negated:
            found = found.narrowed(dimension, one.values)
    return found


def _page_period(scope: Scope) -> Period | None:
    if scope.range is None:
        return None
    start, end = scope.range
    return Period(start=start, end=end, label=f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}, as the page shows")


def _trusted(spec: Spec) -> str | None:
    plain = spec.model_copy(update={"period": None, "chart": Spec(metrics=spec.metrics).chart})
    names = (
        query.name
        for query in trusted_queries().values()
        if query.spec == plain and query.period == (spec.period.label if spec.period else "")
    )
    return next(names, None)


def _column(spec: Spec, column: Column) -> AnswerColumn:
    if column.role == "dimension":
        label = semantics().dimensions[column.about].label
        return AnswerColumn(name=column.name, label=label, role="dimension", unit=None)
    metric = semantics().metrics[column.about]
    unit = Unit.RATIO if spec.share is not None else metric.unit
    if column.role == "change" and unit is Unit.RATIO:
        unit = Unit.DIFFERENCE
    labels = {
        "value": metric.label if spec.share is None else f"share of {metric.label}",
        "before": f"{metric.label}, before",
        "change": "change",
        "trials": "out of",
        "trials_before": "out of, before",
    }
    role: Any = column.role
    return AnswerColumn(
        name=column.name,
        label=labels[column.role],
        role=role,
        unit=Unit.COUNT if column.role.startswith("trials") else unit,
    )
