"""What the documents say of the repository is so."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from blogapp.cli import main
from tests.architecture.sources import ROOT, told

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"|<source[^>]* srcset=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    told("Mend or remove the link.", [link for link in _links(document) if not _leads_somewhere(document, link)])


def test_every_document_is_linked_from_another() -> None:
    """By itself or by its folder."""
    reached = {(path.parent / link.partition("#")[0]).resolve() for path in DOCUMENTS for link in _links(path)}
    told(
        "Link it from README.md or from a page of docs/, or nobody will find it.",
        [
            str(path.relative_to(ROOT))
            for path in DOCUMENTS
            if not {path, path.parent} & reached and path.parent != ROOT
        ],
    )


def test_every_command_and_option_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text()
    told(
        "Say in docs/commands.md what it does.",
        [words for words in _commands(main, "blogapp") if not re.search(re.escape(words) + r"(?![\w-])", page)],
    )


def test_every_command_that_is_documented_exists() -> None:
    known = set(_commands(main, "blogapp"))
    rows = re.findall(
        r"^\| `(blogapp [a-z -]+?)(?: [A-Z\[][^`]*)?` \|", (ROOT / "docs" / "commands.md").read_text(), re.MULTILINE
    )
    assert rows
    told("Take it out of docs/commands.md.", [row for row in rows if row not in known])


def test_every_dependency_has_its_reason() -> None:
    """docs/dependencies.md has a row for each package we ask for, and none for another."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[\[<>=~;! ]", requirement)[0] for requirement in wanted}
    page = (ROOT / "docs" / "dependencies.md").read_text()
    explained = set(re.findall(r"^\| `([a-z0-9-]+)` \| \S", page, re.MULTILINE))
    assert explained == names, f"docs/dependencies.md: lacks {names - explained}, has too many {explained - names}"


def test_decisions_are_numbered_and_say_what_came_of_them() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    told(
        "A decision is NNNN-title.md with the headings Context, Decision and Consequences.",
        [
            path.name
            for path in decisions
            if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
            or HEADING.findall(path.read_text())[1:] != ["Context", "Decision", "Consequences"]
        ],
    )
    numbers = [path.name[:4] for path in decisions]
    assert len(set(numbers)) == len(numbers), numbers


def _links(document: Path) -> list[str]:
    found = (next(filter(None, groups)) for groups in LINK.findall(FENCE.sub("", document.read_text())))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def _leads_somewhere(document: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (document.parent / name).resolve() if name else document
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or anchor in {_slug(heading) for heading in HEADING.findall(FENCE.sub("", target.read_text()))}


def _slug(heading: str) -> str:
    """An anchor as code forges make it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _commands(command: click.Command, words: str) -> Iterator[str]:
    for option in command.params:
        if isinstance(option, click.Option) and "--help" not in option.opts and words != "blogapp":
            yield max(option.opts, key=len)
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from _commands(below, f"{words} {name}")
    else:
        yield words
