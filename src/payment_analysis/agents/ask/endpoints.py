"""Which model reads questions: that of the environment, or none. Its client takes a second to load: it comes late."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, cast

from payment_analysis.agents.endpoint import endpoint_of

if TYPE_CHECKING:
    from payment_analysis.agents.ask import model
    from payment_analysis.agents.ask.asking import Model


def model_of_environment() -> Model | None:
    """The model that the environment names, if it names one."""
    endpoint = endpoint_of(os.environ)
    if endpoint is None:
        return None
    loaded = cast("type[model.SpecModel]", import_module("payment_analysis.agents.ask.model").SpecModel)
    return loaded(endpoint)
