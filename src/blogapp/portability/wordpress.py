"""The export file of WordPress (WXR), as the Markdown files of `import markdown`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET
from xml.parsers import expat

from blogapp.errors import Refused
from blogapp.portability.html_markdown import markdown
from blogapp.portability.unpacked import Foreign
from blogapp.text import slug

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
NEVER = {"trash", "auto-draft", "inherit"}
"""States of what is nobody's text."""

NO_TIME = "0000"
MOST_TAGS = 10
UNSORTED = "uncategorized"
BLOCK = "<!-- wp:"
"""In posts of the newer editor, whose paragraphs are marked."""


def check(source: Path) -> None:
    """Reads the whole file, following nothing. Raises Refused."""
    parser = expat.ParserCreate()

    def refuse(*_: Any) -> None:
        raise Refused(f"{source} declares a document type, which WordPress never does")

    parser.StartDoctypeDeclHandler = refuse
    try:
        with source.open("rb") as file:
            parser.ParseFile(file)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refused(f"{source} is no export file of WordPress: {error}") from None


def posts(source: Path) -> Iterator[Foreign]:
    """Posts and pages, one at a time. Raises Refused."""
    check(source)
    people: dict[str, str] = {}
    site = None
    for _, element in ET.iterparse(source):  # noqa: S314  # checked: it declares nothing that could be followed
        name = _local(element)
        if name == "base_blog_url":
            site = (element.text or "").strip()
        elif name == "author":
            people[_value(element, "author_login")] = _value(element, "author_email")
        elif name == "item":
            if _is_text(element):
                yield _post(element, people, site or "")
            element.clear()
    if site is None:
        raise Refused(f"{source} is no export file of WordPress: it names no blog")


def _is_text(item: ET.Element) -> bool:
    return _value(item, "post_type") in {"post", "page"} and _value(item, "status") not in NEVER


def _post(item: ET.Element, people: dict[str, str], site: str) -> Foreign:
    title, login = _value(item, "title"), _value(item, "creator")
    html = item.findtext(CONTENT) or ""
    name = slug(unquote(_value(item, "post_name")) or title)
    front = {
        "title": title or "Untitled",
        "slug": name,
        "date": _moment(item, "post_date"),
        "updated": _moment(item, "post_modified"),
        "state": _state(item),
        "authors": [{"username": login, "email": people.get(login, "")}] if login else [],
        "tags": _tags(item),
    }
    is_old = BLOCK not in html and "<p" not in html
    return Foreign(_value(item, "post_id") or name, site, front, lambda: markdown(html, by_lines=is_old))


def _state(item: ET.Element) -> str:
    """A page is in no list here either; what asks for a password is for its author."""
    state = _value(item, "status")
    if state == "publish" and _value(item, "post_password"):
        return "private"
    return "unlisted" if state == "publish" and _value(item, "post_type") == "page" else state


def _tags(item: ET.Element) -> list[str]:
    """Tags before categories, as many as a post may have."""
    found = [one for one in item if _local(one) == "category" and one.get("nicename") != UNSORTED]
    found.sort(key=lambda one: one.get("domain") != "post_tag")
    names = {(one.text or "").strip(): None for one in found if one.get("domain") in {"post_tag", "category"}}
    return [name for name in names if name][:MOST_TAGS]


def _moment(item: ET.Element, name: str) -> str:
    given = (_value(item, one) for one in (f"{name}_gmt", name))
    return next((one for one in given if one and not one.startswith(NO_TIME)), "")


def _value(element: ET.Element, name: str) -> str:
    return next(((one.text or "").strip() for one in element if _local(one) == name), "")


def _local(element: ET.Element) -> str:
    """Without its namespace, which has the version of the format in it."""
    return element.tag.rpartition("}")[2]
