"""Every error of the house.

PaymentAnalysisError            what a person can act on: message, hint, HTTP status
├── BadInput            (422)   a file, row, mapping or argument is wrong; nothing was changed
│   ├── BadRule                 a rule's condition cannot be read; it knows the character
│   ├── BadFile                 the whole file cannot be read: wrong format, missing column, truncated, not UTF-8
│   └── BadMapping              the mapping file contradicts itself or the input
├── BadQuery            (400)   SQL from outside was refused or does not run
├── NotTrusted          (400)   the request claims to be from or for somewhere it is not
├── NotSignedIn         (401)   nobody is known to be asking
├── NotAllowed          (403)   who asks may not do this
│   └── CrossSite               another site's page sent it
├── NotFound            (404)   the named thing does not exist
├── Conflict            (409)   somebody else changed it first
├── TooLarge            (413)   the body is bigger than we read
├── TooMany             (429)   too often in too short a time
└── Unavailable         (503)   a dependency is down or a table is not built yet; never an empty list instead
    ├── NotBuilt                the lakehouse has no such table yet
    ├── Damaged                 the newest entry of a table's log cannot be read
    ├── NoRoom                  the disk is full; what is committed is whole
    └── StoreDown               PostgreSQL does not answer
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


class BadRule(BadInput):
    """A condition or an action that cannot be read: `position` counts characters from 0, `length` is at least 1."""

    def __init__(self, message: str, *, hint: str = "", position: int = 0, length: int = 1) -> None:
        super().__init__(message, hint=hint)
        self.position = position
        self.length = length


class BadFile(BadInput):
    pass


class BadMapping(BadInput):
    pass


class BadQuery(PaymentAnalysisError):
    status = 400


class NotTrusted(PaymentAnalysisError):
    status = 400


class NotSignedIn(PaymentAnalysisError):
    status = 401


class NotAllowed(PaymentAnalysisError):
    status = 403


class CrossSite(NotAllowed):
    pass


class NotFound(PaymentAnalysisError):
    status = 404


class Conflict(PaymentAnalysisError):
    status = 409


class TooLarge(PaymentAnalysisError):
    status = 413


class TooMany(PaymentAnalysisError):
    status = 429


class Unavailable(PaymentAnalysisError):
    status = 503


class NotBuilt(Unavailable):
    pass


class Damaged(Unavailable):
    pass


class NoRoom(Unavailable):
    pass


class StoreDown(Unavailable):
    pass
