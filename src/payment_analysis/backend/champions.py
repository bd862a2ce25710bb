"""The champions in memory: loaded in a thread of their own, and again when others have become champions."""

from __future__ import annotations

import gc
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol

from payment_analysis.lakehouse.background import begin
from payment_analysis.ml.scoring import ASKED, Scoring

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from payment_analysis.ml.registry import Registry

LOOK_SECONDS: Final = 30.0
LOADING: Final = "the models are being loaded"


class Registered(Protocol):
    """Where champions come from."""

    def versions(self) -> Mapping[str, str]: ...
    def load(self) -> Scoring: ...


class RegisteredModels:
    """The champions of a home's registry."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def versions(self) -> Mapping[str, str]:
        registry = self._registry()
        found = {name: registry.champion(name) for name in ASKED} if registry.exists else {}
        return {name: str(version) for name, version in found.items() if version is not None}

    def load(self) -> Scoring:
        return Scoring.of(self._registry())

    def _registry(self) -> Registry:
        registry: Registry = import_module("payment_analysis.ml.registry").Registry(self._home)  # seconds of imports
        return registry


class Champions:
    """`scoring` is None until the first load is done."""

    def __init__(self, registered: Registered | None, loaded: Callable[[Scoring], None]) -> None:
        self._registered, self._loaded = registered, loaded
        self.scoring: Scoring | None = None
        self._woken, self._ended = threading.Event(), False
        self._listener: Callable[[], None] | None = None
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Load now, and look again from time to time."""
        if self._registered is not None and self._thread is None:
            self._thread = begin(self._run, name="champions")

    def load_now(self) -> None:
        """Load and wait for it: for who decides once and ends."""
        if self._registered is not None:
            self.take(self._registered.load())

    def take(self, scoring: Scoring) -> None:
        """Use these models."""
        self._loaded(scoring)
        self.scoring = scoring
        gc.collect()
        gc.freeze()  # models are for ever: the collector need not walk them in the middle of a decision
        if self._listener is not None:
            self._listener()

    def when_taken(self, listener: Callable[[], None]) -> None:
        """Call it, from whatever thread, whenever models have come into force."""
        self._listener = listener

    def look_now(self) -> None:
        """Others may have become champions."""
        self._woken.set()

    def end(self) -> None:
        """Look no more, and let the collector have everything again."""
        self._ended = True
        self._woken.set()
        gc.unfreeze()

    def _run(self) -> None:
        assert self._registered is not None
        known: Mapping[str, str] | None = None
        while True:
            now = self._registered.versions()
            if now != known:
                self.take(self._registered.load())
                known = now
            self._woken.wait(LOOK_SECONDS)
            self._woken.clear()
            if self._ended:
                return
