"""Which language model talks: that of the environment, or none. Its client takes a second to load: it comes late."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, cast

from payment_analysis.agents.endpoint import endpoint_of

if TYPE_CHECKING:
    from payment_analysis.agents.talk import chat
    from payment_analysis.agents.talk.turn import Talks


def talks_of_environment() -> Talks | None:
    """The model that the environment names, if it names one."""
    endpoint = endpoint_of(os.environ)
    if endpoint is None:
        return None
    loaded = cast("type[chat.Chat]", import_module("payment_analysis.agents.talk.chat").Chat)
    return loaded(endpoint)
