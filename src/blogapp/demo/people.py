"""What the people of the demonstration say, like, keep and follow, through the API as anybody could."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from quart.datastructures import FileStorage
from quart.typing import TestClientProtocol

from blogapp.demo import pictures

ADMIN = "ada"
NAMES = {
    "ada": ("Ada Merrow", "Reads tide tables for pleasure. Lives where the train ends."),
    "grace": ("Grace Quill", "Programs, and takes old machines apart to see how they did it without."),
    "mary": ("Mary Bowline", "Ropes, lamps and weather. Has been seasick on four seas."),
    "noor": ("Noor", ""),
    "wren": ("Wren", ""),
    "pip": ("Pip Sheet", ""),
}
PINNED = "start-here"
LINK_TO_FILE = re.compile(r"\]\(([a-z0-9-]+)\.md\)")


class Said(NamedTuple):
    by: str
    post: str
    words: str
    answers: int | None = None
    """Which of these it answers, from 0."""


TALK: Sequence[Said] = (
    Said("noor", "why-the-sea-comes-in-twice-a-day", "So is there a tide in a cup of tea?"),
    Said(
        "ada",
        "why-the-sea-comes-in-twice-a-day",
        "There is! But the cup is as near to the moon on one side as on the other, give or take eight centimetres. "
        "It comes to **less than the width of an atom**.",
        0,
    ),
    Said("noor", "why-the-sea-comes-in-twice-a-day", "Then I will go on stirring it myself.", 1),
    Said(
        "mary",
        "why-the-sea-comes-in-twice-a-day",
        "The tub is the best picture of it that I know. I have used it on children since you told me, with a *real* tub. "
        "Bring towels.",
    ),
    Said(
        "grace",
        "springs-and-neaps",
        "The rule of twelfths is a cosine in six steps: `(1 - cos(pi * n / 6)) / 2` gives 0.07, 0.25, 0.5, 0.75, 0.93 and 1. "
        "Not bad for something that one counts on one's fingers, @ada.",
    ),
    Said("ada", "springs-and-neaps", "I did not know that it was *that* good. Thank you!", 4),
    Said("noor", "a-tide-table-in-a-few-lines-of-python", "What would the numbers be for a river?"),
    Said(
        "grace",
        "a-tide-table-in-a-few-lines-of-python",
        "More of them. In shallow water the top of a wave goes faster than its foot, so it gets steeper on the way up:\n\n"
        "- flood comes quicker than ebb goes;\n- that adds waves with half and a third of the periods, M4 and M6.\n\n"
        "Far enough up there is a river with a step in it, which is called a bore.",
        6,
    ),
    Said("mary", "a-tide-table-in-a-few-lines-of-python", "And people surf on it.", 7),
    Said("noor", "a-tide-table-in-a-few-lines-of-python", "I am moving.", 8),
    Said("ada", "why-a-bowline-holds", "> One buys a thicker rope.\n\nThis is going on the wall of the boat house."),
    Said("grace", "what-a-beaufort-number-looks-like", "What is it at 13?"),
    Said("mary", "what-a-beaufort-number-looks-like", "Somebody else's problem. You are below deck.", 11),
)

NEWCOMERS: Sequence[Said] = (
    Said("pip", "why-a-bowline-holds", "Does it hold in wet rope, too?"),
    Said(
        "pip", "why-a-bowline-holds", "The best rope of the coast is sold by my brother. Ask him for **Pip's price**."
    ),
    Said("wren", "springs-and-neaps", "My first spring tide was this morning. Why was the harbour wall so *loud*?"),
)
"""The first is shown, the second is reported, the third still waits for somebody to look at it."""

LIKES: Mapping[str, Sequence[str]] = {
    "ada": ("a-lens-made-of-rings", "the-machine-that-added-with-pulleys", "why-a-bowline-holds"),
    "grace": ("why-the-sea-comes-in-twice-a-day", "springs-and-neaps", "a-lens-made-of-rings"),
    "mary": ("why-the-sea-comes-in-twice-a-day", "a-tide-table-in-a-few-lines-of-python"),
    "noor": ("why-the-sea-comes-in-twice-a-day", "a-lens-made-of-rings", "what-a-beaufort-number-looks-like"),
}


class Caller:
    """Calls of the API in somebody's name. Each that is refused ends the demonstration."""

    def __init__(self, client: TestClientProtocol, password: str) -> None:
        self._client = client
        self._password = password
        self._tokens: dict[str, str] = {}

    async def __call__(
        self, who: str, method: str, path: str, body: Mapping[str, Any] | None = None, file: bytes | None = None
    ) -> Any:
        if who not in self._tokens:
            asked = {"email": f"{who}@example.org", "password": self._password, "name": "demonstration"}
            made = await self._client.post("/api/tokens", json=asked)
            self._tokens[who] = (await made.get_json())["token"]
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        what = (
            {"json": dict(body or {})} if file is None else {"files": {"file": FileStorage(io.BytesIO(file), "it.png")}}
        )
        answer = await self._client.open(f"/api/{path}", method=method, headers=headers, **what)
        if answer.status_code >= 400:
            raise RuntimeError(f"{method} {path}: {await answer.get_data(as_text=True)}")
        return await answer.get_json()


async def live(call: Caller) -> None:
    posts = {post["slug"]: post for post in (await call(ADMIN, "GET", "posts?per_page=100"))["posts"]}
    await _introduce(call)
    await _link(call, posts)
    await call(ADMIN, "PUT", f"posts/{posts[PINNED]['id']}/pin")
    await _talk(call, posts)
    for who, liked in LIKES.items():
        for slug in liked:
            await call(who, "PUT", f"posts/{posts[slug]['id']}/like")
            await call(who, "PUT", f"reading-list/{posts[slug]['id']}")
    await _moderate(call, posts)
    ids = {user["username"]: user["id"] for user in (await call(ADMIN, "GET", "users"))["users"]}
    for who, followed in (("noor", "ada"), ("noor", "mary"), ("mary", "ada"), ("ada", "grace")):
        await call(who, "PUT", f"following/authors/{ids[followed]}")
    await call("noor", "PUT", "following/tags/tides")


async def _introduce(call: Caller) -> None:
    for user in (await call(ADMIN, "GET", "users"))["users"]:
        name, bio = NAMES[user["username"]]
        await call(user["username"], "PUT", f"users/{user['id']}/profile", {"display_name": name, "bio": bio})
        if picture := pictures.portrait(user["username"]):
            await call(user["username"], "POST", f"users/{user['id']}/picture", file=picture)


async def _link(call: Caller, posts: Mapping[str, Any]) -> None:
    """Files name each other; posts have addresses."""
    for post in posts.values():
        linked = LINK_TO_FILE.sub(lambda found: f"]({posts[found[1]]['url']})", post["content"])
        if linked != post["content"]:
            await call(post["author"], "PATCH", f"posts/{post['id']}", {"content": linked})


async def _talk(call: Caller, posts: Mapping[str, Any]) -> None:
    """First comments of readers are looked at by the author, as they would be."""
    ids: list[int] = []
    for one in TALK:
        post = posts[one.post]
        answered = {} if one.answers is None else {"reply_to": ids[one.answers]}
        said = await call(one.by, "POST", f"posts/{post['id']}/comments", {"content": one.words, **answered})
        ids.append(said["id"])
        if said["state"] == "waiting":
            await call(post["author"], "POST", f"comments/{said['id']}/approve")


async def _moderate(call: Caller, posts: Mapping[str, Any]) -> None:
    """So that there is something to look at."""
    first, second, _ = [
        await call(one.by, "POST", f"posts/{posts[one.post]['id']}/comments", {"content": one.words})
        for one in NEWCOMERS
    ]
    for one in (first, second):
        await call(ADMIN, "POST", f"comments/{one['id']}/approve")
    await call("noor", "POST", f"comments/{second['id']}/report", {"reason": "It advertises something."})
