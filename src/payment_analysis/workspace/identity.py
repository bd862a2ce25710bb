"""Whose token is used, and for which workspace: in this order, and never for a host that a header made up.

1. `X-Forwarded-Access-Token`: the platform sets it when somebody opens the application from Compute → Apps;
2. `Authorization: Bearer`, where the application is called by a name of Databricks Apps;
3. `DATABRICKS_TOKEN`, else the application's own client id and secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from payment_analysis.domain.errors import NotSignedIn, NotTrusted
from payment_analysis.workspace.connection import connect_as_environment, connect_with_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from databricks.sdk import WorkspaceClient

FORWARDED: Final = "x-forwarded-access-token"
HOW_TO_CONNECT: Final = (
    "enable user authorization and open the app from Compute → Apps, so that your token is used; or set "
    "DATABRICKS_HOST, DATABRICKS_WAREHOUSE_ID and DATABRICKS_TOKEN in its environment"
)
# Names under which Databricks serves workspaces and applications; a token goes to nobody else.
_WORKSPACES: Final = re.compile(
    r"(adb-\d+\.\d+\.azuredatabricks\.net|[\w-]+\.cloud\.databricks\.com|\d+\.\d\.gcp\.databricks\.com)", re.IGNORECASE
)
_APPS: Final = re.compile(
    r"[\w-]+-(?P<id>\d+)(\.(?P<shard>\d+))?\.(?P<cloud>azure|aws|gcp)\.databricksapps\.com", re.IGNORECASE
)
_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Identity:
    """A token, and how it came."""

    token: str
    way: str  # "forwarded", "bearer" or "environment"


def identity_of(headers: Mapping[str, str], environment: Mapping[str, str]) -> Identity:
    """The token of a request, in the documents' order."""
    forwarded = headers.get(FORWARDED, "").strip()
    if forwarded:
        return Identity(forwarded, "forwarded")
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    host = headers.get("x-forwarded-host") or headers.get("host", "")
    if scheme.lower() == "bearer" and bearer.strip() and _APPS.fullmatch(_name(host)):
        return Identity(bearer.strip(), "bearer")
    given = environment.get("DATABRICKS_TOKEN", "").strip()
    if given:
        return Identity(given, "environment")
    raise NotSignedIn("Databricks credentials not configured.", hint=HOW_TO_CONNECT)


def workspace_host(headers: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """The workspace's address: what the environment says, else what the application's own name tells (Azure does)."""
    given = environment.get("DATABRICKS_HOST", "").strip()
    if given:
        return trusted(given)
    called = _APPS.fullmatch(_name(headers.get("x-forwarded-host") or headers.get("host", "")))
    if called and called["cloud"].lower() == "azure" and called["shard"]:
        return f"https://adb-{called['id']}.{called['shard']}.azuredatabricks.net"
    raise NotSignedIn("The workspace's address is not known.", hint="set DATABRICKS_HOST in the app's environment")


def connect_as_application(environment: Mapping[str, str]) -> WorkspaceClient:
    """The application's own client: its token where one is set, else its client id and secret."""
    token = environment.get("DATABRICKS_TOKEN", "").strip()
    if token:
        return connect_with_token(trusted(environment.get("DATABRICKS_HOST", "")), token)
    return connect_as_environment()


def trusted(host: str) -> str:
    """The address with its scheme, when it is one of Databricks or of this machine; a token goes nowhere else."""
    text = host if "://" in host else f"https://{host}"
    parts = urlsplit(text)
    name = (parts.hostname or "").lower()
    if not (_WORKSPACES.fullmatch(name) and parts.scheme == "https") and name not in _LOCAL:
        raise NotTrusted(
            f"{host[:100]!r} is no address of a Databricks workspace.",
            hint="DATABRICKS_HOST is like https://adb-1234567890123456.7.azuredatabricks.net",
        )
    return f"{parts.scheme}://{parts.netloc}"


def _name(host: str) -> str:
    return (urlsplit(f"//{host}").hostname or "").lower()
