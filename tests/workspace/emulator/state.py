"""What the emulated workspace holds, and how it says no."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from payment_analysis.lakehouse.home import Home

ALL_SCOPES = frozenset({"sql", "jobs", "pipelines", "dashboards.genie", "serving.serving-endpoints"})
OWNER = "postgres"  # the one role that the embedded PostgreSQL knows; also the person whose token it is

APPLICATION = ("client-of-the-application", "its-secret")  # id and secret of the app's service principal


@dataclass(frozen=True)
class Caller:
    """Whose token it is, and what it may do."""

    name: str = OWNER
    scopes: frozenset[str] = ALL_SCOPES


@dataclass
class State:
    """Every resource by kind and name, over the engine that answers SQL."""

    home: Home
    postgres_host: str
    run_task: Callable[[dict[str, Any], dict[str, str], Callable[[str], None]], None]
    tokens: dict[str, Caller] = field(
        default_factory=lambda: {"token-of-ana": Caller(), "token-of-the-application": Caller()}
    )
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)  # method and path of every request, in order
    spoken: list[tuple[str, str]] = field(default_factory=list)  # token and statement of every SQL request
    url: str = ""
    numbers: Any = field(default_factory=lambda: itertools.count(1_001))

    @property
    def volumes(self) -> Path:
        return self.home.path.parent / "volumes"

    def kind(self, name: str) -> dict[str, Any]:
        return self.held.setdefault(name, {})

    def get(self, kind: str, name: str) -> Any:
        found = self.kind(kind).get(name)
        if found is None:
            raise no(404, "RESOURCE_DOES_NOT_EXIST", f"{kind} '{name}' does not exist.")
        return found

    def add(self, kind: str, name: str, value: Any) -> Any:
        if name in self.kind(kind):
            raise no(409, "RESOURCE_ALREADY_EXISTS", f"{kind} '{name}' already exists.")
        self.kind(kind)[name] = value
        return value

    def number(self) -> int:
        return int(next(self.numbers))


def no(status: int, code: str, message: str) -> HTTPException:
    return HTTPException(status, {"error_code": code, "message": message})


def now_ms() -> int:
    return int(time.time() * 1000)
