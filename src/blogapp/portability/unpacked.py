"""One file of another program, laid out as the folder that `import markdown` takes over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from blogapp.portability import front_matter
from blogapp.portability.front_values import Unreadable
from blogapp.portability.outcomes import Outcome
from blogapp.text import visible

_UNFIT = re.compile(r"[^A-Za-z0-9-]")


class Foreign(NamedTuple):
    id: str
    """In the blog that it comes from."""
    site: str
    front: Mapping[str, Any]
    body: Callable[[], str]
    """Its Markdown. Raises Unreadable."""


class Unpacked(NamedTuple):
    site: str
    refused: Sequence[Outcome]


FROM_FOLDER = Unpacked("", ())
"""Files that lie where they are."""


def unpack(posts: Iterable[Foreign], folder: Path) -> Unpacked:
    """A file each, named for its id, so that a second run finds its post again."""
    site = ""
    refused: list[Outcome] = []
    for post in posts:
        site, name = post.site, f"{_UNFIT.sub('-', post.id)[:80]}.md"
        try:
            (folder / name).write_text(front_matter.written(_plain(post.front), post.body()), encoding="utf-8")
        except Unreadable as error:
            refused.append(Outcome(name, "refused", reason=error.reason))
    return Unpacked(site, refused)


def _plain(value: Any) -> Any:
    """Without what a file may not hold."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items() if one}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return " ".join(visible(value).split()) if isinstance(value, str) else value
