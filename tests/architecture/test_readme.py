"""The README's commands, typed as they stand there."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import ROOT
from tests.live import running

README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
BLOCK = re.compile(r"^ *```(sh|json)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)

DIFFERENT_EVERY_TIME = {"created_at", "updated_at", "published_at", "request_id"}
PASSWORD = "a long walk home"
END = "-- end of block --"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where a new blog is served that ada has registered at."""
    database_url = f"sqlite:///{tmp_path}/blog.db"
    with running(tmp_path, database_url) as server:
        server.register("ada", PASSWORD)
        yield server.url.removeprefix("http://")


def test_the_api_answers_as_the_examples_say(address: str) -> None:
    section = README.partition("## The API by example")[2].partition("\n## ")[0]
    blocks = BLOCK.findall(section)
    script = [f"set -euo pipefail; curl() {{ command curl -sS \"$@\"; }}; echo '{END}'"]
    expected = []
    for index, (kind, text) in enumerate(blocks):
        if kind == "sh":
            script.append(f"{text.replace('127.0.0.1:8000', address)}\necho; echo '{END}'")
            answered = index + 1 < len(blocks) and blocks[index + 1][0] == "json"
            expected.append(_alike(json.loads(blocks[index + 1][1])) if answered else None)
    done = subprocess.run(["bash", "-c", "\n".join(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = [part.strip() for part in done.stdout.split(END)[1:-1]]
    assert [_alike(json.loads(text)) if text else None for text in said] == expected


def test_what_is_typed_by_hand_is_what_make_does() -> None:
    by_hand = next(text for kind, text in BLOCK.findall(README) if "venv" in text)
    for command in re.findall(r"\.venv/bin/(?:pip|blogapp) (.+)", by_hand):
        in_make = command.replace("install ", "", 1) if command.startswith("install") else command
        assert re.search(re.escape(in_make) + r"(?!\S)", MAKEFILE), f"The Makefile does not do: {command}"


def test_every_target_named_is_there() -> None:
    documents = README + (ROOT / "CONTRIBUTING.md").read_text()
    targets = set(re.findall(r"\bmake ([a-z]+)", "".join(re.findall(r"`[^`]+`", documents))))
    assert targets <= set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def _alike(document: Any) -> Any:
    """The document without what differs from one run to the next."""
    if isinstance(document, list):
        return [_alike(one) for one in document]
    if isinstance(document, dict):
        return {name: ... if name in DIFFERENT_EVERY_TIME else _alike(one) for name, one in document.items()}
    return document
