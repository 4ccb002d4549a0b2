"""Which posts came out of which files."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from blogapp.infra.db import Base

ORIGIN_COLUMN = 80


class ImportSource(Base):
    """What an import has to know to make nothing twice, and to write over nothing that was changed here."""

    __tablename__ = "import_sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    origin: Mapped[str] = mapped_column(String(ORIGIN_COLUMN), unique=True)
    """The stable id that its file names, or where the file lay: see `blogapp.portability.identity`."""
    digest: Mapped[str] = mapped_column(String(64), index=True)
    """Of the file as it was taken over last."""
    version: Mapped[int] = mapped_column(Integer)
    """Of the post as that left it."""
    is_whole: Mapped[bool]
    """All its pictures came along: those that did not are tried again."""
