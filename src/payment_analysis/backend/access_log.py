"""The server's log of requests, without the secrets in addresses."""

from __future__ import annotations

import logging
import re
from typing import Final

ACCESS_LOGGER: Final = "uvicorn.access"
_LINK: Final = re.compile(r"(link=)[^&\s\"]+")


class WithoutLinks(logging.Filter):
    """Takes the secret out of a sign-in link before a line is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_LINK.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args)
        return True


def keep_links_out_of_the_log() -> None:
    """Let the server's log go through the filter, once."""
    logger = logging.getLogger(ACCESS_LOGGER)
    if not any(isinstance(one, WithoutLinks) for one in logger.filters):
        logger.addFilter(WithoutLinks())
