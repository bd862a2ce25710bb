"""The parser: a question in words becomes a spec, without a model and without guessing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from payment_analysis.agents.ask import assembly
from payment_analysis.agents.ask.compiler import compile_spec
from payment_analysis.agents.ask.figures import Vague, figures
from payment_analysis.agents.ask.found import sort_out
from payment_analysis.agents.ask.lexicon import Role, numbers
from payment_analysis.agents.ask.marks import marked
from payment_analysis.agents.ask.periods import Clock
from payment_analysis.agents.ask.reading import Choice, NotUnderstood, Reading, Status
from payment_analysis.agents.ask.refusals import refusal
from payment_analysis.agents.ask.semantics import semantics
from payment_analysis.agents.ask.spec import Period
from payment_analysis.agents.ask.text import tokens
from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from payment_analysis.agents.ask.spec import Spec
    from payment_analysis.agents.ask.text import Token
    from payment_analysis.agents.ask.values import Held

CHARACTERS_MAX: Final = 500  # of a question: what is longer is not one
HELP: Final = "Name a figure (approval rate, declines, fraud score …), what to tell it apart by, and a time."


def parse(question: str, held: Held, *, page: Period | None = None) -> Reading:
    """What a question means; `page` is the stretch of time that the page shows."""
    if len(question) > CHARACTERS_MAX:
        raise BadInput(
            f"the question has {len(question):,} characters", hint=f"ask in one sentence of at most {CHARACTERS_MAX}"
        )
    told = tokens(question)
    refused = refusal(told)
    if refused is not None:
        return Reading(Status.REFUSED, message=refused.reason, hint=refused.hint, kind=refused.kind)
    try:
        return _read(told, held, page)
    except Vague as vague:
        return Reading(Status.ASKS_BACK, message=vague.message, choices=_choices(told, held, page, vague.means))
    except NotUnderstood as error:
        status = Status.ASKS_BACK if error.choices else Status.UNKNOWN
        return Reading(status, message=error.message, hint=error.hint or HELP, choices=error.choices)
    except BadInput as error:
        return Reading(Status.UNKNOWN, message=f"{error.message[:1].upper()}{error.message[1:]}.", hint=error.hint)


def _read(told: list[Token], held: Held, page: Period | None, chosen: str = "") -> Reading:
    clock = Clock(held.now, held.first, numbers())
    read = marked(told, held.lexicon, clock)
    if read.unknown:
        raise NotUnderstood(f"I do not know what “{read.unknown[0]}” means here.")
    found = sort_out(read)
    names = figures(found, chosen)
    spec = assembly.assemble(found, names, held, page)
    compile_spec(spec)
    is_cause = bool(read.of(Role.WHY)) and assembly.is_about_change(found)
    ignored = [mark.text for mark in read.marks if mark.meanings and {m.role for m in mark.meanings} == {Role.FILLER}]
    return Reading(
        Status.CAUSE if is_cause else Status.ANSWERED,
        spec,
        notes=(*found.notes, *(f"“{given}” is read as {taken}" for given, taken in read.corrected.items())),
        ignored=tuple(dict.fromkeys(ignored)),
        corrected=read.corrected,
        is_certain=found.is_certain and not read.corrected,
    )


def _choices(told: list[Token], held: Held, page: Period | None, names: list[str]) -> tuple[Choice, ...]:
    """What a vague question means with each figure it may be about."""
    found = []
    for name in names:
        try:
            reading = _read(told, held, page, name)
        except (NotUnderstood, BadInput):
            continue
        if reading.spec is not None:
            found.append(Choice(semantics().metrics[name].label, reading.spec))
    return tuple(found)


def periods_offered(held: Held) -> tuple[Period, ...]:
    """Stretches of time to choose from."""
    week, month = timedelta(days=7), timedelta(days=30)
    return (
        Period(start=held.now - week, end=held.now, label="last 7 days"),
        Period(start=held.now - month, end=held.now, label="last 30 days"),
    )


def with_period(spec: Spec, period: Period | None) -> Spec:
    """The same question about another stretch of time."""
    return spec.model_copy(update={"period": period})
