"""Kinds of values that many requests carry."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

# No control characters: neither PostgreSQL nor a screen can hold them.
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
PARAGRAPH = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Identifier = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.:-]{1,100}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.@+-]{1,100}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PRINTABLE)]
LongText = Annotated[str, StringConstraints(max_length=4000, pattern=PARAGRAPH)]
