"""One turn with a language model over an OpenAI-compatible endpoint: what it says, or which tools it wants."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import openai

from payment_analysis.agents.talk.turn import Call, NoAnswer, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.agents.endpoint import Endpoint

TOKENS_MAX: Final = 900
ARGUMENTS_CHARACTERS_MAX: Final = 10_000


class Chat:
    """Asks one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client = openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key, max_retries=0)

    def __call__(self, messages: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]], *, seconds: float) -> Turn:
        """One turn; whatever is no turn is a NoAnswer."""
        asked: Any = {"messages": [*messages], **({"tools": [*tools]} if tools else {})}
        try:
            answer = self._client.chat.completions.create(
                model=self._endpoint.model,
                temperature=0,
                max_tokens=TOKENS_MAX,
                timeout=min(seconds, self._endpoint.seconds),
                **asked,
            )
        except openai.APITimeoutError as error:
            raise NoAnswer("the language model took too long") from error
        except openai.OpenAIError as error:
            raise NoAnswer(f"the language model did not answer ({type(error).__name__})") from error
        except ValueError as error:  # a body that is no JSON
            raise NoAnswer("the language model's answer cannot be read") from error
        return _turn(answer)


def _turn(answer: Any) -> Turn:
    choices = getattr(answer, "choices", None)
    message = getattr(choices[0], "message", None) if choices else None
    if message is None:
        raise NoAnswer("the language model's answer cannot be read")
    if getattr(message, "refusal", None):
        raise NoAnswer("the language model declined the question")
    calls = tuple(_call(one) for one in message.tool_calls or ())
    words = (message.content or "").strip()
    if not (calls or words):
        raise NoAnswer("the language model said nothing")
    said: dict[str, Any] = {"role": "assistant", "content": message.content or ""}
    if calls:
        said["tool_calls"] = [
            {"id": one.id, "type": "function", "function": {"name": one.tool, "arguments": json.dumps(one.arguments)}}
            for one in calls
        ]
    return Turn(words, calls, said)


def _call(wanted: Any) -> Call:
    function = getattr(wanted, "function", None)
    name, text = str(getattr(function, "name", "") or "")[:100], str(getattr(function, "arguments", "") or "{}")
    given: Any = None
    if len(text) <= ARGUMENTS_CHARACTERS_MAX:
        try:
            given = json.loads(text)
        except ValueError:
            given = None
    fault = "" if isinstance(given, dict) else "the arguments are no JSON object"
    return Call(str(getattr(wanted, "id", "") or "call"), name, given if isinstance(given, dict) else {}, fault)
