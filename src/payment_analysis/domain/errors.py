"""Every error of the house.

PaymentAnalysisError            what a person can act on: message, hint, HTTP status
├── BadInput            (422)   a file, row, mapping or argument is wrong; nothing was changed
│   ├── BadFile                 the whole file cannot be read: wrong format, missing column, truncated, not UTF-8
│   └── BadMapping              the mapping file contradicts itself or the input
├── BadQuery            (400)   SQL from outside was refused or does not run
├── NotFound            (404)   the named thing does not exist
├── Conflict            (409)   somebody else changed it first
└── Unavailable         (503)   a dependency is down or a table is not built yet; never an empty list instead
    └── NotBuilt                the lakehouse has no such table yet
"""

from __future__ import annotations

from typing import ClassVar


class PaymentAnalysisError(Exception):
    """An error a person can act on: it names the value that is wrong and the next step."""

    status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadInput(PaymentAnalysisError):
    status = 422


class BadFile(BadInput):
    pass


class BadMapping(BadInput):
    pass


class BadQuery(PaymentAnalysisError):
    status = 400


class NotFound(PaymentAnalysisError):
    status = 404


class Conflict(PaymentAnalysisError):
    status = 409


class Unavailable(PaymentAnalysisError):
    status = 503


class NotBuilt(Unavailable):
    pass
