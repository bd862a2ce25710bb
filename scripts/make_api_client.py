"""Write the API client of the pages from docs/schemas/openapi.json, which `make docs` writes.

python scripts/make_api_client.py            src/payment_analysis/ui/src/api/generated
python scripts/make_api_client.py --check    compare instead of writing; exit code 1 when something is stale
"""

from __future__ import annotations

import filecmp
import sys
import tempfile
from pathlib import Path

from build_ui import UI, BuildFailed, install, npm, say

CLIENT = UI / "src" / "api" / "generated"


def generate(into: Path) -> None:
    install()
    npm("run", "generate", CLIENT_OUT=str(into))


def stale() -> list[str]:
    """What differs from what would be written now."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "generated"
        generate(fresh)
        return differing(filecmp.dircmp(fresh, CLIENT))


def differing(compared: filecmp.dircmp[str]) -> list[str]:
    below = [name for one in compared.subdirs.values() for name in differing(one)]
    return [*compared.left_only, *compared.right_only, *compared.diff_files, *below]


def main(arguments: list[str]) -> int:
    try:
        if arguments != ["--check"]:
            generate(CLIENT)
            return 0
        found = stale()
    except BuildFailed as failure:
        say(str(failure))
        return 1
    if found:
        say(f"The API client is stale ({', '.join(found)}): run make client.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
