"""Saved views: a page with its filters, under a name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import or_, select

from payment_analysis.backend.dependencies import PersonDep, StoreDep
from payment_analysis.backend.fields import PRINTABLE, Identifier, Text
from payment_analysis.domain.errors import NotFound
from payment_analysis.store.people import SavedView

router = APIRouter(prefix="/api/saved-views", tags=["people"])


class SavedViewOut(BaseModel):
    """A saved view."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the view.")
    name: str = Field(description="Its name.")
    page: str = Field(description="The page, like /transactions.")
    search: str = Field(description="The page's query string, without the question mark.")
    is_shared: bool = Field(description="Whether everybody sees it.")
    is_own: bool = Field(description="Whether it is yours.")
    created_at: datetime = Field(description="When it was saved.")


class SavedViewIn(BaseModel):
    """A view to save."""

    name: Text = Field(description="Its name; unique among yours.")
    page: Annotated[str, StringConstraints(pattern=r"^/[0-9A-Za-z/_-]{0,200}$")] = Field(description="The page.")
    search: Annotated[str, StringConstraints(max_length=4000, pattern=PRINTABLE)] = Field(
        description="The page's query string, without the question mark."
    )
    is_shared: bool = Field(description="Whether everybody sees it.")


def _shown(view: SavedView, person_id: str) -> SavedViewOut:
    columns = {name: getattr(view, name) for name in SavedViewOut.model_fields if name != "is_own"}
    return SavedViewOut(**columns, is_own=view.user_id == person_id)


@router.get("", operation_id="listSavedViews")
def list_saved_views(store: StoreDep, person: PersonDep) -> list[SavedViewOut]:
    """Your views and those that others share, by name."""
    visible = or_(SavedView.user_id == person.id, SavedView.is_shared)
    with store.read() as session:
        return [
            _shown(view, person.id)
            for view in session.scalars(select(SavedView).where(visible).order_by(SavedView.name))
        ]


@router.post("", operation_id="createSavedView", status_code=201)
def create_saved_view(body: SavedViewIn, store: StoreDep, person: PersonDep) -> SavedViewOut:
    """Save a page with its filters."""
    with store.change(person.actor) as session:
        view = SavedView(user_id=person.id, **body.model_dump())
        session.add(view)
        session.flush()
        return _shown(view, person.id)


@router.delete("/{view_id}", operation_id="deleteSavedView", status_code=204)
def delete_saved_view(view_id: Identifier, store: StoreDep, person: PersonDep) -> Response:
    """Delete one of your views."""
    with store.change(person.actor) as session:
        view = session.get(SavedView, view_id)
        if view is None or view.user_id != person.id:
            raise NotFound(f"You have no saved view {view_id}.", hint="GET /api/saved-views lists yours")
        session.delete(view)
    return Response(status_code=204)
