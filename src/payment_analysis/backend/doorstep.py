"""The page for a browser nobody signed in yet."""

from __future__ import annotations

from html import escape
from typing import Final

PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Payment Analysis: sign in</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 12vh auto 0; padding: 0 1.5rem; }}
h1 {{ font-size: 1.6rem; line-height: 1.25; }}
code {{ font: .9rem/1.5 ui-monospace, monospace; }}
</style>
</head>
<body>
<main>
<h1>Open the sign-in link</h1>
<p>{why}</p>
<p><code>payment-analysis up</code> and <code>payment-analysis serve</code> print a link when they start. It signs this
browser in once. Administrators make links for others.</p>
</main>
</body>
</html>
"""


def doorstep(why: str) -> str:
    """The page, with what happened."""
    return PAGE.format(why=escape(why))
