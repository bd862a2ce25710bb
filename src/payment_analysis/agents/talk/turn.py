"""One turn of a conversation with a language model, whoever takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class NoAnswer(Exception):
    """The model gave nothing that can be used; says why. Never leaves the room: the planner answers then."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Call:
    """A tool the model wants, with its arguments; `fault` says why they cannot be read."""

    id: str
    tool: str
    arguments: dict[str, Any]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What came back: words or calls, and the message as it has to be repeated to the model."""

    words: str
    calls: tuple[Call, ...]
    message: dict[str, Any]


class Talks(Protocol):
    """Whoever takes a turn."""

    def __call__(
        self, messages: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]], *, seconds: float
    ) -> Turn: ...
