"""A wheel contains the built pages; an editable installation is built when it is started."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildPages(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the interface names it
        if version == "editable":
            return
        scripts = str(Path(self.root) / "scripts")
        sys.path.insert(0, scripts)
        try:
            from build_ui import build  # noqa: PLC0415 - beside this file, which no package holds
        finally:
            sys.path.remove(scripts)
        build()
