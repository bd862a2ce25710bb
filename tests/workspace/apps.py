"""The application as Databricks Apps starts it: a process with the platform's environment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
from tests.workspace.emulator.deployment import CATALOG, SCHEMA, WAREHOUSE
from tests.workspace.emulator.state import APPLICATION, OWNER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.workspace.conftest import Emulated

EVE, MAIL = "token-of-eve", "eve@example.com"
START_SECONDS_MAX = 180.0
NOT_KEPT = ("DATABRICKS_TOKEN", "PAYMENT_ANALYSIS_HOME", "DATABASE_URL", "MLFLOW_TRACKING_URI")


def environment(place: Emulated, url: str) -> dict[str, str]:
    """What the platform sets, and what app.yml does."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_KEPT}
    return kept | {
        "DATABRICKS_APP_NAME": "payment-analysis",
        "DATABRICKS_APP_URL": url,
        "DATABRICKS_HOST": place.url,
        "DATABRICKS_CLIENT_ID": APPLICATION[0],
        "DATABRICKS_CLIENT_SECRET": APPLICATION[1],
        "DATABRICKS_WAREHOUSE_ID": WAREHOUSE,
        "DATABRICKS_CATALOG": CATALOG,
        "DATABRICKS_SCHEMA": SCHEMA,
        "LAKEBASE_PROJECT_ID": "payment-analysis-db",
        "LAKEBASE_BRANCH_ID": "production",
        "LAKEBASE_ENDPOINT_ID": "primary",
        "LAKEBASE_DATABASE_NAME": place.database,
        "PGUSER": OWNER,
        "PAYMENT_ANALYSIS_ADMINS": MAIL,
    }


@contextmanager
def as_app(place: Emulated, repository: Path, url: str = "") -> Iterator[str]:
    """The application over a workspace; `url` is the name that the platform gives it, else its own address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{found.getsockname()[1]}"
    command = [sys.executable, "-m", "uvicorn", "payment_analysis.backend.app:app", "--no-server-header"]
    with subprocess.Popen(
        [*command, "--port", address.rpartition(":")[2]], env=environment(place, url or address), cwd=repository
    ) as process:
        try:
            _wait_for(address, process)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode in {0, -signal.SIGTERM}


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until:
        assert process.poll() is None, "the application ended while it started"
        try:
            httpx.get(f"{address}/api/version", timeout=START_SECONDS_MAX)
        except httpx.ConnectError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the application did not start")
