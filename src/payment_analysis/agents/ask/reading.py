"""Reading: what a question was understood to mean, or why it was not."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from payment_analysis.agents.ask.spec import Spec


class Status(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    ASKS_BACK = "asks_back"  # it may mean several things
    UNKNOWN = "unknown"  # it is not understood, or names what the data does not hold
    REFUSED = "refused"
    CAUSE = "cause"  # why something moved: handed to the root-cause analysis


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to go on: what it is called, and the spec it stands for."""

    label: str
    spec: Spec


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question means: a spec, or a message with ways to go on."""

    status: Status
    spec: Spec | None = None
    message: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()  # what was assumed beyond the words
    ignored: tuple[str, ...] = ()  # words that carry nothing
    corrected: dict[str, str] = field(default_factory=dict)
    is_certain: bool = True  # nothing was assumed that could be meant otherwise
    kind: str = ""  # of a refusal


class NotUnderstood(Exception):
    """Raised while reading; becomes a reading, never leaves the parser."""

    def __init__(self, message: str, hint: str = "", choices: tuple[Choice, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.choices = choices
