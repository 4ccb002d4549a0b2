"""What stays the first author's where a post has several, and what others may rely on."""

from __future__ import annotations

import asyncio

import pytest
from quart import Quart

from blogapp.accounts import service as accounts
from blogapp.accounts.schemas import UserChange
from blogapp.actor import Actor
from tests.accounts.make import user
from tests.people import Person, bearer, resources, signed_in
from tests.posts import make
from tests.posts.make import TITLE
from tests.posts.test_authorship import asked, joins
from tests.reading import get, send


@pytest.fixture
async def together(app: Quart, ada: Person, grace: Person) -> int:
    post = await make.post(app, ada, TITLE)
    await joins(app, ada, grace)
    return post.id


async def test_the_series_stays_the_first_authors(app: Quart, ada: Person, grace: Person, together: int):
    _, made = await asked(app, ada, "POST", "/api/series", title="Nobody has seen this yet")
    theirs = await signed_in(app, grace)
    assert "Nobody has seen this yet" not in (await get(theirs, "/posts/1/edit")).text
    for chosen in ({"series_id": made["id"]}, {"new_series": "Mine"}):
        assert (await asked(app, grace, "PATCH", "/api/posts/1", **chosen))[0] == 403
    assert (await asked(app, ada, "PATCH", "/api/posts/1", series_id=made["id"]))[0] == 200
    assert (await send(theirs, "/posts/1/edit", title=TITLE, content="Both of us.", version="2")).status == 200
    _, post = await asked(app, grace, "PATCH", "/api/posts/1", series_id=made["id"], title="Our tide")
    assert (post["title"], post["series"]["id"]) == ("Our tide", made["id"])
    assert (await asked(app, grace, "PATCH", "/api/posts/1", series_id=0))[0] == 403


async def test_who_invited_takes_it_back(app: Quart, grace: Person, together: int):
    linus, theirs = await user(app, "linus"), await signed_in(app, grace)
    page = await send(theirs, "/posts/1/authors", username="linus")
    assert "Take back: linus" in page.text
    page = await send(theirs, "/posts/1/authors/remove", username="linus")
    assert page.path == "/posts/1/authors"
    assert "not yet answered" not in page.text
    assert (await asked(app, linus, "GET", "/api/invitations"))[1] == {"invitations": []}


async def test_what_no_name_can_be_is_nobodys(app: Quart, ada: Person, together: int):
    mine = await signed_in(app, ada)
    assert (await mine.post("/posts/1/authors/remove", form={"username": "gra\0ce"})).status_code in {400, 404, 422}
    assert (await asked(app, ada, "DELETE", "/api/posts/1/authors/gra%00ce"))[0] in {400, 404, 422}
    assert (await asked(app, ada, "POST", "/api/posts/1/authors", username="gra\0ce"))[0] == 404


async def test_who_accepts_while_their_name_changes_is_named_anew(app: Quart, ada: Person, grace: Person):
    await make.post(app, ada, TITLE)
    await asked(app, ada, "POST", "/api/posts/1/authors", username="grace")
    headers = await bearer(app, grace)
    async with resources(app).db.transaction() as session:
        held = await accounts.get(session, grace.id)
        await accounts.change(session, Actor(grace.id), held, UserChange(username="gracia"))
        accepting = asyncio.ensure_future(app.test_client().post("/api/invitations/1/accept", headers=headers))
        await asyncio.wait([accepting], timeout=0.3)
    assert (await (await accepting).get_json())["authors"] == ["ada", "gracia"]
