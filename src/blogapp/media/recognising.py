"""Pictures that come back: written by this program once, and brought from another blog or a backup."""

from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path

from PIL import Image

from blogapp.errors import Invalid
from blogapp.media.pictures import ENDINGS, FORMATS, Picture, frames, require_measure

HIDING = {"exif", "icc_profile", "xmp", "comment", "photoshop"}
"""What a file may say beside its picture."""


def recognised(source: Path, name: str) -> Picture | None:
    """The picture that `remake` has once made and called so, byte for byte; None for everything else.

    Raises Invalid for one that is too large.
    """
    content = source.read_bytes()
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            require_measure(image)
            moves = bool(getattr(image, "is_animated", False))
            picture = Picture(ENDINGS[str(image.format)], *image.size, len(content), sha256(content).hexdigest(), moves)
            is_bare = not (HIDING & image.info.keys()) and not image.getexif()
            for _ in frames(image) if moves else ():
                pass
            image.load()
    except Invalid:
        raise
    except Exception:  # noqa: BLE001  # what decoders raise for broken files is not written down anywhere
        return None
    return picture if picture.name == name and is_bare else None
