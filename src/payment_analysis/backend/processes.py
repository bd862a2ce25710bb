"""Commands of ours as processes of their own, so that a page stays quick while models are trained."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def start(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start `payment-analysis` over a home; what it says is kept where it writes it down."""
    return subprocess.Popen(
        [sys.executable, "-m", "payment_analysis.cli", "--home", str(home), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
