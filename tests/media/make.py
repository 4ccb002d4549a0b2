"""Pictures that are really pictures, and the requests that send them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from quart.datastructures import FileStorage

from blogapp.infra.outbox import Work
from blogapp.media import tasks
from tests.people import Client, resources

PLACE = {1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 21.0, 5.0)}
"""GPS of EXIF: somebody's home."""

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (1200, 800), mode: str = "RGB", **options: Any) -> bytes:
    """Left half red, right half blue."""
    image = Image.new(mode, size, "red" if mode != "L" else 80)
    image.paste("blue" if mode != "L" else 200, (size[0] // 2, 0, *size))
    return written(image, kind, **options)


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **options)
    return made.getvalue()


def moving(kind: str, frames: int = 4, size: tuple[int, int] = (60, 40)) -> bytes:
    shades = [Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, 120)) for number in range(frames)]
    return written(shades[0], kind, save_all=True, append_images=shades[1:], duration=100, loop=0)


def exif(orientation: int = 1) -> bytes:
    noted = Image.Exif()
    noted[ORIENTATION] = orientation
    noted[MAKER] = "Camera of a friend"
    noted.get_ifd(GPS).update(PLACE)
    return noted.tobytes()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


async def send(
    client: Client, content: bytes, headers: dict[str, str] | None = None, *, to: str = "/api/media", **more: Any
) -> Any:
    """`more`: the file's `called` and `said` type, and `alt`."""
    called, said = more.pop("called", "beach.jpg"), more.pop("said", "image/jpeg")
    file = FileStorage(io.BytesIO(content), filename=called, name="file", content_type=said)
    return await client.post(to, headers=headers or {}, files={"file": file}, form=more)


async def done(app: Any, task: str, sent: dict[str, Any]) -> None:
    """The task, as a worker does it."""
    facts = {"name": sent["url"].removeprefix("/media/"), "width": sent["width"], "moves": sent["srcset"] == ""}
    await getattr(tasks, task)(resources(app), Work(1, f"{task}.1", task, facts, "", None, 1))
