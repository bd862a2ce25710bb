"""What an agent did, as it is handed on to be traced; loads nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple


class ToolCall(NamedTuple):
    """A tool that was asked: when (Unix seconds), for how long, with what and what came back."""

    tool: str
    began_s: float
    seconds: float
    asked: Mapping[str, Any]
    answered: Mapping[str, Any]
    about: Mapping[str, Any]
    error: str


class Traced(NamedTuple):
    """A whole run; `about` is what can be searched for, as text."""

    agent: str
    began_s: float
    seconds: float
    question: str
    answer: str
    about: Mapping[str, str]
    messages: Sequence[Mapping[str, Any]]  # of the conversation with a language model
    calls: Sequence[ToolCall]


Traces = Callable[[Traced], object]
