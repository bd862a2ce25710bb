"""Write the description of our API for the client, and the client from it.

python scripts/make_api_client.py            src/payment_analysis/ui/openapi.json and src/api/generated
python scripts/make_api_client.py --check    compare instead of writing; exit code 1 when something is stale
"""

from __future__ import annotations

import filecmp
import json
import sys
import tempfile
from pathlib import Path

from build_ui import UI, install, npm
from payment_analysis.backend.app import create_app
from payment_analysis.lakehouse.home import Home

DESCRIPTION = UI / "openapi.json"
CLIENT = UI / "src" / "api" / "generated"


def description() -> str:
    """The OpenAPI document; it is the same for every lakehouse."""
    app = create_app(Home(Path(tempfile.gettempdir())).lakehouse())
    app.version = "0"  # a release must not make the client stale
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def generate(into: Path) -> None:
    install()
    npm("run", "generate", CLIENT_OUT=str(into))


def stale() -> list[str]:
    """What differs from what would be written now."""
    if DESCRIPTION.read_text(encoding="utf-8") != description():
        return [DESCRIPTION.name]
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder) / "generated")
        compared = filecmp.dircmp(Path(folder) / "generated", CLIENT)
        return differing(compared)


def differing(compared: filecmp.dircmp[str]) -> list[str]:
    below = [name for one in compared.subdirs.values() for name in differing(one)]
    return [*compared.left_only, *compared.right_only, *compared.diff_files, *below]


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        found = stale()
        if found:
            print(f"The API client is stale ({', '.join(found)}): run make client.", file=sys.stderr)
        return 1 if found else 0
    DESCRIPTION.write_text(description(), encoding="utf-8")
    generate(CLIENT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
