"""`payment_analysis.backend.main:app`, the other name of the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.backend import app as application

if TYPE_CHECKING:
    from fastapi import FastAPI


def __getattr__(name: str) -> FastAPI:
    """Make the application when a server asks for it by name."""
    if name == "app":
        made: FastAPI = application.__getattr__(name)
        return made
    raise AttributeError(name)
