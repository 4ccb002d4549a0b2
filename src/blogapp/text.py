"""From what authors type to what pages show: pure functions."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from markupsafe import Markup, escape
from slugify import slugify

SLUG_LENGTH = 80
PAGES_OF_A_POST = {"authors", "comments", "delete", "edit", "like", "link", "pin", "preview", "revisions", "save"}
EXCERPT_LENGTH = 280
"""Characters."""

LONGEST_REMEMBERED = 10_000
"""Characters of a text whose HTML is kept for the next reader: 512 of them take 10 MB at most, longer ones are rare."""

LINE_END = "\n"
LINE_BREAK = "<br>\n"

BLANK = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""Inside a class of a regular expression: what str.split() parts at."""

_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
_URL = re.compile(r"(?<!\w)https?://(?=[\w\[])[^\s<>\"`]+", re.IGNORECASE)
_OPENED_BY = {")": "(", "]": "[", "}": "{"}
_SENTENCE = ".,;:!?'*\u2026\u2019\u201d\u00bb"
"""Marks that belong to the sentence when an address ends with them."""

_LAST_OF_PLANES = "".join(chr(plane - 2) + chr(plane - 1) for plane in range(0x10000, 0x110001, 0x10000))
UNKEPT = rf"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef{_LAST_OF_PLANES}"
_UNKEEPABLE = re.compile(f"[{UNKEPT}]")
"""Control characters and noncharacters: invisible, and not allowed in HTML (WHATWG HTML, 13.2.3.5)."""

_UNSEEN = (
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
INK = f"[^{BLANK}{UNKEPT}{_UNSEEN}]"
"""A character that is seen: no letter that fills a space, mark of a direction or joiner. For JSON Schema as well (ECMA-262)."""

_INK = re.compile(INK)


def clean_line(value: str) -> str:
    """One line: outer spaces cut, inner runs kept as one space, NFC. Raises ValueError for control characters."""
    return _clean(" ".join(value.split()))


def inked(value: str) -> str:
    """Raises ValueError where nothing of it is seen."""
    if not _INK.search(value):
        raise ValueError("Use at least one character that can be seen.")
    return value


def clean_text(value: str) -> str:
    """Lines ended by a line feed, NFC, outer blank space cut. Raises ValueError for other control characters."""
    return _clean(value.replace("\r\n", "\n").replace("\r", "\n").strip())


def visible(value: str) -> str:
    """Without the characters that are refused and that nobody could find to take out."""
    return _UNKEEPABLE.sub("", value)


def padded_pattern(core: str) -> str:
    """`core` with blank space around it, which `str.strip` takes away, as a pattern of JSON Schema (ECMA-262)."""
    return f"^[{BLANK}]*{core}[{BLANK}]*$"


def line_pattern(shortest: int, longest: int) -> str:
    """What `clean_line` makes that many characters of, as a pattern of JSON Schema (ECMA-262)."""
    ink = f"[^{BLANK}{UNKEPT}]"
    inner = f"(?:[{BLANK}]+(?=[^{BLANK}])|{ink})"
    more = f"(?:{inner}{{{max(shortest - 2, 0)},{longest - 2}}}{ink})"
    return padded_pattern(f"{ink}{more}{'?' if shortest < 2 else ''}")


def free_line_pattern() -> str:
    """What `clean_line` takes, however short, as a pattern of JSON Schema (ECMA-262)."""
    return f"^(?:[{BLANK}]|[^{UNKEPT}])*$"


def text_pattern(shortest: int) -> str:
    """What `clean_text` makes at least that many characters of, as a pattern of JSON Schema (ECMA-262)."""
    ink = f"[^{BLANK}{UNKEPT}]"
    more = f"(?:[^{UNKEPT}]{{{max(shortest - 2, 0)},}}{ink})"
    return padded_pattern(f"{ink}{more}{'?' if shortest < 2 else ''}")


def slug(title: str) -> str:
    """Lower-case ASCII words of the title joined by "-"; "post" where none is left.

    Never one of the words that are pages of a post: "Delete" is "post-delete".
    """
    words = address(title) or "post"
    return f"post-{words}" if words in PAGES_OF_A_POST else words


def address(name: str) -> str:
    """Lower-case ASCII words of a name in any script, joined by "-"; empty where none is left."""
    return slugify(name, max_length=SLUG_LENGTH, word_boundary=True)


def excerpt(content: str) -> str:
    """The beginning of the text on one line, cut between words."""
    return _excerpt(content[: EXCERPT_LENGTH * 2])


def prose(content: str) -> Markup:
    """Paragraphs, line breaks and http(s) links of a plain text; everything else is escaped."""
    return _remembered_prose(content) if len(content) <= LONGEST_REMEMBERED else _prose(content)


@lru_cache(1000)
def _excerpt(beginning: str) -> str:
    line = " ".join(beginning.split())
    if len(line) <= EXCERPT_LENGTH:
        return line
    return line[:EXCERPT_LENGTH].rsplit(" ", 1)[0].rstrip(".,;:") + "…"


def _prose(content: str) -> Markup:
    paragraphs = _PARAGRAPHS.split(content.replace("\r\n", "\n").strip())
    written = (str(_links(part) if "://" in part else escape(part)) for part in paragraphs if part)
    return Markup("\n".join(f"<p>{part.replace(LINE_END, LINE_BREAK)}</p>" for part in written))  # noqa: S704  # each part is escaped


_remembered_prose = lru_cache(512)(_prose)


def _clean(value: str) -> str:
    if _UNKEEPABLE.search(value):
        raise ValueError("This holds invisible control characters, which can't be kept.")
    return unicodedata.normalize("NFC", value)


def _links(paragraph: str) -> Markup:
    """Time grows with the length alone, whatever stands in the text."""
    parts, end = [], 0
    for match in _URL.finditer(paragraph):
        url = _without_sentence(match[0])
        parts += [escape(paragraph[end : match.start()]), _anchor(url)]
        end = match.start() + len(url)
    parts.append(escape(paragraph[end:]))
    return Markup("").join(parts)


def _without_sentence(url: str) -> str:
    """The address without the marks around it: "(see http://a.example/x)." """
    unopened = {mark: url.count(mark) - url.count(opening) for mark, opening in _OPENED_BY.items()}
    end = len(url)
    while url[end - 1] in _SENTENCE or unopened.get(url[end - 1], 0) > 0:
        end -= 1
        if url[end] in unopened:
            unopened[url[end]] -= 1
    return url[:end]


def _anchor(url: str) -> Markup:
    return Markup('<a href="{0}" rel="nofollow ugc noopener">{0}</a>').format(url)
