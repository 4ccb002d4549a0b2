"""Pictures in posts."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Quart

from blogapp.infra import progress
from blogapp.posts import rendering
from tests.media import make
from tests.people import Client, Person, resources
from tests.posts import make as posts


@pytest.fixture
async def sent(client: Client, token: dict[str, str]) -> dict[str, Any]:
    document: dict[str, Any] = await (await make.send(client, make.picture(), token, alt="A beach")).get_json()
    return document


async def html(client: Client, token: dict[str, str], content: str) -> str:
    draft = {"title": "A day at the sea", "content": content}
    return str((await (await client.post("/api/posts", json=draft, headers=token)).get_json())["html"])


async def test_a_page_keeps_room_for_its_pictures(client: Client, token: dict[str, str], sent: dict[str, Any]):
    made = await html(client, token, f"Look: {sent['markdown']}")
    assert f'src="{sent["url"]}"' in made
    assert 'width="1200"' in made
    assert 'height="800"' in made
    assert f'srcset="{sent["srcset"]}"' in made
    assert 'sizes="' in made


async def test_what_is_small_or_moves_is_there_in_one_width(client: Client, token: dict[str, str]):
    for content in (make.picture(size=(300, 200)), make.moving("GIF", size=(600, 40))):
        sent = await (await make.send(client, content, token)).get_json()
        made = await html(client, token, f"Look: {sent['markdown']}")
        assert f'width="{sent["width"]}"' in made
        assert "srcset" not in made


async def test_pictures_of_elsewhere_are_shown_as_they_are(client: Client, token: dict[str, str], sent: dict[str, Any]):
    made = await html(client, token, f"![x](https://elsewhere.example{sent['url']}) ![y](/media/none.jpg)")
    assert "width" not in made
    assert "srcset" not in made


async def test_rendering_again_keeps_the_room(app: Quart, client: Client, token: dict[str, str], sent: dict[str, Any]):
    await html(client, token, f"Look: {sent['markdown']}")
    assert await rendering.render_again(resources(app), progress.shown(), every=True) == 1
    page = await (await client.get("/posts/1/a-day-at-the-sea")).get_data(as_text=True)
    assert sent["srcset"] in page


async def test_a_post_is_written_as_before_where_it_shows_nothing(app: Quart, ada: Person):
    assert "<img" not in str((await posts.post(app, ada, content="No /media/ here, only words.")).html)
