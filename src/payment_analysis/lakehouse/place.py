"""Where the home is when nobody says otherwise; apart from `home`, so that no engine is loaded to know it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

HOME: Final = Path(".payment-analysis")
HOME_VARIABLE: Final = "PAYMENT_ANALYSIS_HOME"
