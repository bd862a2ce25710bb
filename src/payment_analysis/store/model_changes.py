"""Which version of a model answers: every promotion and every way back, with its reason."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from payment_analysis.store.tables import Base, Named


class ModelChange(Named, Base):
    """A person made another version the champion; the registry keeps the versions, this row keeps who and why."""

    __tablename__ = "modelchange"
    __table_args__ = (CheckConstraint("action in ('promote', 'roll_back')", name="action"),)

    model: Mapped[str] = mapped_column(index=True)
    action: Mapped[str]
    version: Mapped[int]
    version_before: Mapped[int | None]
    reason: Mapped[str]
    changed_by: Mapped[str]
