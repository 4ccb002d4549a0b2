"""Pictures as people send them, made into pictures that can be shown: decoded, upright, and nothing but the picture.

What a file is called and what it says it is count for nothing: what can't be decoded is no picture, and what is kept
was written anew, so that no place, no camera and no page hidden behind the picture comes along.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, ImageSequence

from blogapp.errors import Invalid, StorageFull, Violation
from blogapp.infra.storage import no_room_is_said

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
MOST_PIXELS = 40_000_000
MOST_FRAMES = 600
MOST_MOVED = 60_000_000
"""Pixels of all frames together: they are written anew one by one."""

LONGEST_SIDE = 16_000
"""WebP ends there."""

WIDTHS = (480, 960, 1600)
"""In CSS pixels a phone, a phone twice as fine or a column of text, and that column twice as fine."""

SQUARE = 400
"""Pixels a side of a picture of a person: five times as many as are shown, for fine screens and for who links here."""

UNREADABLE = "This is no picture that can be read here. JPEG, PNG, WebP, GIF and AVIF can."
TOO_LARGE = f"This picture is too large: at most {MOST_PIXELS // 1_000_000} million pixels, {LONGEST_SIDE:,} a side."
TOO_LONG = "This moving picture is too long or too large. Make it shorter or smaller."

ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}
"""By the ending of a name."""

_WRITTEN: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88, "progressive": True, "optimize": True},
    "PNG": {"compress_level": 6},
    "WEBP": {"quality": 88, "method": 4},
    "AVIF": {"quality": 75, "speed": 8},
}
_MOVING: dict[str, Any] = {"quality": 75, "method": 2, "minimize_size": False}
_SMALLER: dict[str, Any] = {"quality": 80, "method": 4}
_KEPT_AS = {"GIF": "PNG", "MPO": "JPEG"}
"""A picture that does not move is smaller as PNG; MPO is the JPEG of phones that put a second view behind it."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Picture:
    """`digest` is the hexadecimal SHA-256 of the file's bytes."""

    ending: str
    width: int
    height: int
    bytes: int
    digest: str
    moves: bool = False

    @property
    def name(self) -> str:
        return f"{self.digest[:2]}/{self.digest[2:]}.{self.ending}"


def remake(source: Path, target: Path) -> Picture:
    """Write the picture in `source` anew into `target`.

    Takes a second for the largest: never on the event loop. Raises Invalid, naming the field `file`, and StorageFull.
    """
    with _opened(source) as image:
        if getattr(image, "is_animated", False) and image.format != "MPO":
            return _remake_moving(image, target)
        kind = _KEPT_AS.get(str(image.format), str(image.format))
        still = _plain(_upright(image), kind)
    return _write(target, still, kind, **_WRITTEN[kind])


def remake_square(source: Path, target: Path) -> Picture:
    """Its middle, as people are shown: small, and still. Raises as `remake` does."""
    with _opened(source) as image:
        still = _plain(_upright(image), "WEBP")
    side = min(SQUARE, *still.size)
    return _write(target, ImageOps.fit(still, (side, side), Image.Resampling.LANCZOS), "WEBP", **_SMALLER)


def shrink(content: bytes, width: int, target: Path) -> None:
    """A picture of ours at another width, as WebP. Raises StorageFull."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        height = max(1, round(image.height * width / image.width))
        image.draft("RGB", (width * 2, height * 2))
        smaller = _plain(image, "WEBP").resize((width, height), Image.Resampling.LANCZOS)
    _write(target, smaller, "WEBP", **_SMALLER)


@contextmanager
def _opened(source: Path) -> Iterator[Image.Image]:
    """What is done with it is refused as a whole where it can't be read."""
    try:
        with Image.open(source, formats=FORMATS) as image:
            require_measure(image)
            yield image
    except (Invalid, StorageFull):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _refused(TOO_LARGE, "too_large") from None
    except Exception:  # noqa: BLE001  # what decoders raise for broken files is not written down anywhere
        raise _refused(UNREADABLE, "unreadable") from None


def require_measure(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS or max(image.size) > LONGEST_SIDE:
        raise _refused(TOO_LARGE, "too_large")


def _remake_moving(image: Image.Image, target: Path) -> Picture:
    loop = int(image.info.get("loop", 1) if image.format == "GIF" else image.info.get("loop", 0))
    each, times = [], []
    for frame, lasts in frames(image):
        each.append(frame)
        times.append(lasts)
    rest: dict[str, Any] = {"save_all": True, "append_images": each[1:], "duration": times, "loop": max(0, loop)}
    return _write(target, each[0], "WEBP", moves=True, **rest, **_MOVING)


def frames(image: Image.Image) -> Iterator[tuple[Image.Image, int]]:
    """Each whole, with how many milliseconds it is shown."""
    for number, frame in enumerate(ImageSequence.Iterator(image), 1):
        if number > MOST_FRAMES or number * image.width * image.height > MOST_MOVED:
            raise _refused(TOO_LONG, "too_large")
        shown = frame.convert("RGBA")
        shown.info = {}
        yield shown, max(20, int(frame.info.get("duration", 100) or 100))


def _upright(image: Image.Image) -> Image.Image:
    """Its first side up, whatever a broken note on that says."""
    try:
        return ImageOps.exif_transpose(image)
    except (ValueError, TypeError, KeyError, SyntaxError):
        return image


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """In the colours of the web, and with nothing beside its pixels."""
    image.load()
    profile = image.info.get("icc_profile")
    made = _eight_bits(image)
    if kind == "JPEG" and made.mode not in {"L", "RGB", "CMYK"}:
        made = made.convert("RGB")
    made = _in_srgb(made, profile) if profile else made
    made = made.convert("RGB") if made.mode == "CMYK" else made
    if made is image:
        made = image.copy()
    made.info = {}
    made.getexif().clear()
    return made


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in {"L", "RGB", "RGBA", "CMYK"} else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """As it is where the profile is broken, or is not for such a picture."""
    try:
        made = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if image.mode == "RGBA" else "L" if image.mode == "L" else "RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return made or image


def _write(target: Path, image: Image.Image, kind: str, *, moves: bool = False, **options: Any) -> Picture:
    """By way of memory: given a file, some encoders take half a write on a full disk for a whole one."""
    made = io.BytesIO()
    image.save(made, kind, **options)
    content = made.getbuffer()
    with no_room_is_said():
        target.write_bytes(content)
    return Picture(ENDINGS[kind], *image.size, len(content), sha256(content).hexdigest(), moves)


def _refused(message: str, rule: str) -> Invalid:
    return Invalid(message, Violation("file", message, rule))
