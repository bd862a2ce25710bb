"""How a workspace is reached, and what its errors mean to a person.

A token says explicitly that it is one: where the application's own client id and secret stand in the environment too,
the SDK would otherwise mix the two and the workspace would answer that the scopes do not suffice.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.errors import (
    NotFound as NotThere,
)
from databricks.sdk.errors import (
    PermissionDenied,
    ResourceConflict,
    Unauthenticated,
)
from databricks.sdk.errors.base import DatabricksError

from payment_analysis.domain.errors import Conflict, NotAllowed, NotFound, NotSignedIn, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER_SECONDS: Final = 60
RETRY_SECONDS: Final = 30
_SCOPE: Final = re.compile(r"scopes?: '?([\w.\-]*\w)", re.IGNORECASE)
_CONFIGURATION: Final = re.compile(r"\. Config: host=.*")
ADD_SCOPE: Final = "Compute → Apps → payment-analysis → Edit → Configure → Authorization scopes"


def connect_with_token(host: str, token: str) -> WorkspaceClient:
    """A client that asks in the name of whom the token belongs to."""
    return WorkspaceClient(
        config=Config(
            host=host,
            token=token,
            auth_type="pat",
            http_timeout_seconds=ANSWER_SECONDS,
            retry_timeout_seconds=RETRY_SECONDS,
        )
    )


def connect_as_environment() -> WorkspaceClient:
    """A client as the SDK finds it: a profile, a token, the application's client id, or the notebook it runs in."""
    try:
        return WorkspaceClient(config=Config(http_timeout_seconds=ANSWER_SECONDS, retry_timeout_seconds=RETRY_SECONDS))
    except ValueError as error:
        raise NotSignedIn(
            "Databricks credentials are not configured.",
            hint="databricks auth login, or set DATABRICKS_HOST and DATABRICKS_TOKEN",
        ) from error


@contextmanager
def named_errors(doing: str) -> Iterator[None]:
    """An error of the workspace as one of ours; a missing scope is named with its fix."""
    try:
        yield
    except (PermissionDenied, Unauthenticated) as error:
        raise _refused(doing, error) from error
    except NotThere as error:
        raise NotFound(f"{doing}: {_words(error)}", hint="docs/deployment.md has the order of the steps") from error
    except ResourceConflict as error:
        raise Conflict(f"{doing}: {_words(error)}", hint="it is at work already, or was changed meanwhile") from error
    except (DatabricksError, TimeoutError, OSError) as error:
        raise Unavailable(
            f"{doing}: {_words(error)}", hint="is the workspace there, and the warehouse running?"
        ) from error


def _refused(doing: str, error: DatabricksError) -> NotAllowed | NotSignedIn:
    words = _words(error)
    if "scope" in words.lower():
        named = _SCOPE.search(words)
        scope = named[1] if named else "sql"
        return NotAllowed(f"{doing}: {words}", hint=f"add the scope {scope} in {ADD_SCOPE}, save and restart the app")
    if isinstance(error, Unauthenticated):
        return NotSignedIn(f"{doing}: {words}", hint="open the app from Compute → Apps, or set a new DATABRICKS_TOKEN")
    return NotAllowed(f"{doing}: {words}", hint="ask the owner of the resource for the permission that is named")


def _words(error: Exception) -> str:
    """The first line, without what the SDK adds about its own configuration."""
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return _CONFIGURATION.sub("", first)
