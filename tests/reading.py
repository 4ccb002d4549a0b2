"""Pages as a reader finds them: fetched, checked to be valid HTML, and asked for what stands where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from quart import Response

from tests.people import Client
from tests.validity import parse

HOPS = 5


@dataclass(frozen=True)
class Page:
    path: str
    status: int
    response: Response
    tree: Element

    @property
    def title(self) -> str:
        return words(self.one("title"))

    @property
    def h1(self) -> str:
        return words(self.one("h1"))

    @property
    def text(self) -> str:
        return words(self.one("body"))

    @property
    def main(self) -> str:
        return words(self.one("main"))

    @property
    def notices(self) -> list[tuple[str, str]]:
        """Flash messages: category and words."""
        return [
            (found.attrib["class"].removeprefix("notice "), words(found))
            for found in self.all("p")
            if "notice" in classes(found)
        ]

    @property
    def links(self) -> dict[str, str]:
        """By their words; of equal ones the last."""
        return {words(link): link.attrib["href"] for link in self.all("a")}

    @property
    def posts(self) -> list[str]:
        """Titles of the posts listed."""
        return [words(heading) for heading in self.all("h2") if heading.find("a") is not None]

    @property
    def prose(self) -> Element:
        return next(found for found in self.all("div") if "prose" in classes(found))

    @property
    def summary(self) -> str:
        """The refusal above the form, empty when there is none."""
        return " ".join(words(found) for found in self.all("div") if "summary" in classes(found))

    def all(self, tag: str) -> Iterator[Element]:
        return self.tree.iter(tag)

    def one(self, tag: str) -> Element:
        (found,) = self.tree.iter(tag)
        return found

    def by_id(self, id: str) -> Element:
        (found,) = (element for element in self.tree.iter() if element.get("id") == id)
        return found

    def value(self, id: str) -> str:
        """What a field is filled with."""
        field = self.by_id(id)
        return (field.text or "") if field.tag == "textarea" else field.get("value", "")

    def error(self, id: str) -> str:
        """What stands beside a field as its error, told to screen readers too; empty when nothing does."""
        field = self.by_id(id)
        notes = [note for note in field.get("aria-describedby", "").split() if note.endswith("-error")]
        assert (field.get("aria-invalid") == "true") == bool(notes)
        return " ".join(words(self.by_id(note)) for note in notes)

    def hidden(self, name: str) -> str:
        (found,) = (field for field in self.all("input") if field.get("name") == name)
        return found.attrib["value"]

    def actions(self) -> dict[str, str]:
        """Buttons by their words, and where their forms are sent."""
        return {
            words(button): form.get("action", self.path) for form in self.all("form") for button in form.iter("button")
        }


async def get(client: Client, url: str, **options: Any) -> Page:
    """The page at an address, redirects followed."""
    return await _arrive(client, url, await client.get(url, **options))


async def send(client: Client, url: str, **fields: Any) -> Page:
    """The page that answers a form, redirects followed."""
    return await _arrive(client, url, await client.post(url, form=fields))


async def read(response: Response, path: str = "") -> Page:
    content = await response.get_data(as_text=True)
    return Page(path, response.status_code, response, parse(content))


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def classes(element: Element) -> list[str]:
    return element.get("class", "").split()


async def _arrive(client: Client, url: str, response: Any) -> Page:
    for _ in range(HOPS):
        if response.status_code not in {301, 303}:
            return await read(response, url)
        url = urljoin(url, response.headers["Location"]).partition("#")[0]
        assert not urlsplit(url).netloc, url
        response = await client.get(url)
    raise AssertionError(f"still redirected at {url}")
