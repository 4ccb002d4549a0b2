"""When posts appeared, as documents."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ArchivedMonth(BaseModel):
    month: str = Field(description="In UTC.", examples=["2026-11"])
    number: int = Field(ge=1, description="How many listed posts appeared in it.", examples=[12])


class Archive(BaseModel):
    months: list[ArchivedMonth] = Field(description="Newest first; those without a post are left out.")
