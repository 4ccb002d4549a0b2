"""What is made of the pictures that people send."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from blogapp.errors import Invalid
from blogapp.media import pictures
from blogapp.media.pictures import MOST_FRAMES, remake, shrink
from tests.media import make

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "made"


def made_of(content: bytes, target: Path) -> pictures.Picture:
    source = target.with_name("sent")
    source.write_bytes(content)
    return remake(source, target)


@pytest.mark.parametrize(
    ("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif"), ("GIF", "png")]
)
def test_every_kind_is_read_and_kept_as_what_browsers_show(kind: str, ending: str, target: Path):
    made = made_of(make.picture(kind, (300, 200)), target)
    assert (made.ending, made.width, made.height) == (ending, 300, 200)
    kept = make.opened(target.read_bytes()).convert("RGB")
    left, right = kept.getpixel((20, 100)), kept.getpixel((280, 100))
    assert is_red(left)
    assert is_blue(right)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_is_kept_of_where_and_with_what_it_was_taken(kind: str, target: Path):
    sent = make.picture(kind, exif=make.exif())
    assert make.opened(sent).getexif().get_ifd(make.GPS)
    made_of(sent, target)
    kept = make.opened(target.read_bytes())
    assert not dict(kept.getexif())
    assert not {"exif", "xmp", "comment", "icc_profile", "photoshop"} & set(kept.info)
    assert b"Camera of a friend" not in target.read_bytes()


def test_words_and_comments_inside_are_left_out(target: Path):
    made_of(make.picture("JPEG", comment=b"call me at home"), target)
    assert b"call me" not in target.read_bytes()
    words = Image.new("RGB", (10, 10))
    words.info["Author"] = "call me at home"
    made_of(make.written(words, "GIF", comment=b"call me at home"), target)
    assert b"call me" not in target.read_bytes()


def test_a_picture_taken_sideways_stands_upright(target: Path):
    made = made_of(make.picture("JPEG", (300, 200), exif=make.exif(orientation=6)), target)
    assert (made.width, made.height) == (200, 300)
    kept = make.opened(target.read_bytes()).convert("RGB")
    top, bottom = kept.getpixel((100, 20)), kept.getpixel((100, 280))
    assert is_red(top)
    assert is_blue(bottom)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "LA"), ("PNG", "L"), ("PNG", "1"), ("PNG", "P")])
def test_transparency_and_grey_stay(kind: str, mode: str, target: Path):
    image = Image.new("RGBA", (40, 40), (255, 0, 0, 0)).convert(mode)
    options = {"transparency": 0} if mode == "P" else {}
    made_of(make.written(image, kind, **options), target)
    kept = make.opened(target.read_bytes())
    assert kept.mode == ("RGBA" if mode in {"RGBA", "LA", "P"} else "L")


def test_sixteen_bits_of_grey_become_eight(target: Path):
    made_of(make.written(Image.new("I;16", (10, 10), 32768), "PNG"), target)
    assert make.opened(target.read_bytes()).getpixel((5, 5)) == 128


def test_colours_for_print_become_colours_of_the_web(target: Path):
    made_of(make.written(Image.new("CMYK", (10, 10), (0, 255, 255, 0)), "JPEG"), target)
    assert make.opened(target.read_bytes()).mode == "RGB"


def test_a_profile_is_applied_and_a_broken_one_is_no_matter(target: Path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for given in (profile, b"no profile"):
        made_of(make.picture("JPEG", icc_profile=given), target)
        assert "icc_profile" not in make.opened(target.read_bytes()).info


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_what_moves_goes_on_moving(kind: str, target: Path):
    made = made_of(make.moving(kind), target)
    kept = make.opened(target.read_bytes())
    assert (made.ending, made.moves, kept.n_frames) == ("webp", True, 4)


def test_too_many_frames_are_refused(target: Path):
    with pytest.raises(Invalid, match="moving picture is too long"):
        made_of(make.moving("GIF", MOST_FRAMES + 1, (4, 4)), target)


def test_frames_that_are_too_large_together_are_refused(target: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pictures, "MOST_MOVED", 60 * 40 * 3)
    with pytest.raises(Invalid, match="moving picture is too long"):
        made_of(make.moving("WEBP"), target)


def test_a_bomb_of_pixels_is_refused_before_it_is_unpacked(target: Path):
    """Fifty kilobytes that say they are 50,000 by 50,000."""
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    with pytest.raises(Invalid, match="too large"):
        made_of(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(50_000))), target)


@pytest.mark.parametrize("size", [(16_001, 10), (6400, 6400)])
def test_a_picture_beyond_measure_is_refused(size: tuple[int, int], target: Path):
    with pytest.raises(Invalid, match="too large") as refused:
        made_of(make.written(Image.new("1", size), "PNG"), target)
    assert refused.value.violations[0].field == "file"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        SVG,
        HTML,
        b"%PDF-1.7 nothing",
        b"\xff\xd8\xff\xe0 and then nothing",
        b"GIF89a" + HTML,
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"\x00\x00\x00\x1cftypavif",
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, target: Path):
    with pytest.raises(Invalid, match="no picture that can be read"):
        made_of(content, target)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM", "TGA"])
def test_pictures_of_other_kinds_are_refused(kind: str, target: Path):
    with pytest.raises(Invalid, match="JPEG, PNG, WebP, GIF and AVIF"):
        made_of(make.picture(kind, (50, 50)), target)


def test_half_a_picture_is_refused(target: Path):
    whole = make.picture("JPEG", (900, 600), quality=95)
    with pytest.raises(Invalid):
        made_of(whole[: len(whole) // 2], target)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_nothing_hidden_behind_a_picture_comes_along(kind: str, target: Path):
    made_of(make.picture(kind, (50, 50)) + HTML + b"PK\x03\x04", target)
    assert HTML not in target.read_bytes()
    assert b"PK\x03\x04" not in target.read_bytes()


def test_the_same_picture_has_the_same_name(target: Path):
    first, second = made_of(make.picture(), target), made_of(make.picture(), target)
    assert first == second
    assert made_of(make.picture(size=(1201, 800)), target).name != first.name


def test_a_smaller_width_keeps_the_shape(target: Path):
    shrink(make.picture("JPEG", (1200, 800)), 480, target)
    kept = make.opened(target.read_bytes())
    assert (kept.format, kept.size) == ("WEBP", (480, 320))


def test_a_line_of_pixels_can_be_made_smaller(target: Path):
    shrink(make.picture("PNG", (4000, 1)), 480, target)
    assert make.opened(target.read_bytes()).size == (480, 1)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def is_red(pixel: tuple[int, ...]) -> bool:
    return pixel[0] > 200 and pixel[2] < 60


def is_blue(pixel: tuple[int, ...]) -> bool:
    return pixel[2] > 200 and pixel[0] < 60
