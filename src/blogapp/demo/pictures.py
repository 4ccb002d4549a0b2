"""The pictures of the demonstration, drawn: curves, circles and lines."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from math import cos, pi, sin, tau
from pathlib import Path

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1600, 900
FINER = 2
"""Drawn this much larger and made smaller, so that slanted lines are smooth."""

PAPER, INK, SEA, LIGHT, SAND, GREY = "#fffef9", "#171c28", "#2f6f9f", "#ffe14d", "#e9e2cf", "#9aa0b0"

Point = tuple[float, float]

WAVES = ((12.4206, 1.80, 3.2), (12.0, 0.62, 4.1), (12.6583, 0.35, 2.7), (23.9345, 0.12, 7.0), (25.8193, 0.09, 1.5))
"""Period in hours, height in metres, hour of the first high water: as in the post about them."""


class Canvas:
    def __init__(self, height: int = HEIGHT, background: str = PAPER) -> None:
        self.height = height
        self._image = Image.new("RGB", (WIDTH * FINER, height * FINER), background)
        self._pen = ImageDraw.Draw(self._image)

    def line(self, points: Iterable[Point], colour: str = INK, width: float = 6) -> None:
        """With round joints and ends."""
        scaled = [(x * FINER, y * FINER) for x, y in points]
        self._pen.line(scaled, colour, round(width * FINER), joint="curve")
        for x, y in (scaled[0], scaled[-1]):
            self._dot(x, y, width * FINER / 2, colour)

    def area(self, points: Iterable[Point], colour: str) -> None:
        self._pen.polygon([(x * FINER, y * FINER) for x, y in points], colour)

    def disc(self, centre: Point, radius: float, colour: str) -> None:
        self._dot(centre[0] * FINER, centre[1] * FINER, radius * FINER, colour)

    def ring(self, centre: Point, radius: float, colour: str = INK, width: float = 6) -> None:
        self.line((around(centre, radius, step * tau / 180) for step in range(181)), colour, width)

    def save(self, target: Path | io.BytesIO) -> None:
        self._image.resize((WIDTH, self.height), Image.Resampling.LANCZOS).save(target, "PNG", optimize=True)

    def _dot(self, x: float, y: float, radius: float, colour: str) -> None:
        self._pen.ellipse((x - radius, y - radius, x + radius, y + radius), colour)


def around(centre: Point, radius: float, angle: float) -> Point:
    return centre[0] + radius * cos(angle), centre[1] + radius * sin(angle)


def level(hour: float) -> float:
    """Metres above the mean."""
    return sum(height * cos(tau * (hour - first) / period) for period, height, first in WAVES)


def tide(days: int) -> Canvas:
    """The level over so many days, with a mark for each midnight."""
    canvas = Canvas(760)
    middle, scale = 380, 105
    for day in range(1, days):
        x = WIDTH * day / days
        canvas.line([(x, 60), (x, 700)], SAND, 4)
    curve = [(x, middle - scale * level(x / WIDTH * days * 24)) for x in range(0, WIDTH + 1, 2)]
    canvas.area([(0, 760), *curve, (WIDTH, 760)], "#d7e6ef")
    canvas.line([(0, middle), (WIDTH, middle)], GREY, 2)
    canvas.line(curve, SEA, 6 if days < 10 else 4)
    return canvas


def bulges() -> Canvas:
    canvas = Canvas()
    earth, moon = (620.0, 450.0), (1390.0, 450.0)
    water = [(earth[0] + 340 * cos(turn), earth[1] + 250 * sin(turn)) for turn in turns()]
    canvas.area(water, "#d7e6ef")
    canvas.line([*water, water[0]], SEA, 8)
    canvas.disc(earth, 225, SAND)
    canvas.ring(earth, 225)
    canvas.disc(moon, 62, LIGHT)
    canvas.ring(moon, 62)
    for row in range(-2, 3):
        y = 450 + row * 62
        canvas.line([(1010, y), (1110 - abs(row) * 18, y)], GREY, 4)
        canvas.line([(230, y), (140 + abs(row) * 18, y)], GREY, 4)
    return canvas


def pulleys() -> Canvas:
    canvas = Canvas(760)
    places = [(250 + number * 260, 190 if number % 2 else 520) for number in range(5)]
    radius, rope = 90.0, 84.0
    path: list[Point] = [(places[0][0] - rope, 60)]
    for number, (x, y) in enumerate(places):
        over = number % 2 == 1
        sweep = [pi + step * pi / 30 for step in range(31)] if over else [pi - step * pi / 30 for step in range(31)]
        path += [around((x, y), rope, angle) for angle in sweep]
    end = path[-1][0]
    for number, (x, y) in enumerate(places):
        canvas.line([(x, y), (x, 0 if number % 2 else 760)], GREY, 4)
        canvas.disc((x, y), radius - 12, SAND)
        canvas.ring((x, y), radius - 12, INK, 5)
        canvas.disc((x, y), 12, INK)
    canvas.line([*path, (end, 60)], SEA, 8)
    canvas.area([(end - 16, 60), (end + 16, 60), (end, 20)], INK)
    return canvas


def lens() -> Canvas:
    canvas = Canvas(background="#171c28")
    lamp = (330.0, 450.0)
    for ring in range(-5, 6):
        y = 450 + ring * 72
        canvas.line([lamp, (760, y)], LIGHT, 3)
        canvas.line([(800, y), (WIDTH, y)], LIGHT, 3)
        slope = ring * 7
        canvas.area(
            [
                (760 + abs(slope) * 0.6, y - 33),
                (800, y - 33),
                (800, y + 33),
                (760 + abs(slope) * 0.6 - slope * 0.4, y + 33),
            ],
            "#bcd6e6",
        )
    canvas.disc(lamp, 34, LIGHT)
    canvas.area([(lamp[0] - 60, 860), (lamp[0] + 60, 860), (lamp[0] + 26, 490), (lamp[0] - 26, 490)], GREY)
    return canvas


def person(background: str, hair: str, coat: str) -> Canvas:
    """Nobody in particular, from the front."""
    canvas = Canvas(WIDTH, background)
    middle = WIDTH / 2
    canvas.disc((middle, 1560), 520, coat)
    canvas.disc((middle, 640), 370, hair)
    canvas.area([(middle - 370, 640), (middle + 370, 640), (middle + 300, 1000), (middle - 300, 1000)], hair)
    canvas.disc((middle, 760), 290, SAND)
    return canvas


def turns() -> list[float]:
    return [step * tau / 180 for step in range(180)]


DRAWN: dict[str, Callable[[], Canvas]] = {
    "bulges": bulges,
    "fortnight": lambda: tide(14),
    "week": lambda: tide(7),
    "pulleys": pulleys,
    "lens": lens,
}


PEOPLE: dict[str, Callable[[], Canvas]] = {
    "ada": lambda: person("#d7e6ef", "#7a4a2b", SEA),
    "grace": lambda: person(LIGHT, INK, "#8a2f3f"),
    "mary": lambda: person("#cfe0cf", GREY, "#35604a"),
}


def portrait(name: str) -> bytes | None:
    """As PNG; None of who shows none."""
    made = io.BytesIO()
    if name not in PEOPLE:
        return None
    PEOPLE[name]().save(made)
    return made.getvalue()


def draw(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, make in DRAWN.items():
        make().save(folder / f"{name}.png")
