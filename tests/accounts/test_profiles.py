"""What accounts tell of themselves, and where it is shown."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Quart

from tests.people import Client, Person, bearer, signed_in
from tests.posts import make
from tests.reading import get, read

PROFILE = {
    "display_name": "Ada Lovelace",
    "bio": "Writes about <engines>.\n\nAnd the sea.",
    "links": "https://example.org/ada\nhttps://social.example.org/@ada",
}


async def test_a_profile_is_shown_on_the_page_and_beside_posts(app: Quart, client: Client, ada: Person):
    post = await make.post(app, ada)
    answer = await (await signed_in(app, ada)).post("/settings/profile", form=PROFILE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/users/ada")
    page = await get(client, "/users/ada")
    assert page.links["social.example.org/@ada"] == "https://social.example.org/@ada"
    assert "Writes about <engines>." in page.text
    assert {link.get("rel") for link in page.all("a") if "example.org" in link.attrib["href"]} == {
        "me nofollow noopener"
    }
    for path in ("/", f"/posts/{post.id}/{post.slug}"):
        assert (await get(client, path)).links["Ada Lovelace"] == "/users/ada"
    document = await (await client.get(f"/api/users/{ada.id}/profile")).get_json()
    assert (document["display_name"], document["links"]) == ("Ada Lovelace", PROFILE["links"].split())


async def test_the_same_through_the_api_and_emptied_again(app: Quart, client: Client, ada: Person, grace: Person):
    path, token = f"/api/users/{ada.id}/profile", await bearer(app, ada)
    asked: dict[str, Any] = {**PROFILE, "links": PROFILE["links"].split()}
    changed = await (await client.put(path, json=asked, headers=token)).get_json()
    assert changed == {"username": "ada", **asked, "picture": None}
    assert (await client.put(path, json={}, headers=await bearer(app, grace))).status_code == 403
    assert await (await client.get(path)).get_json() == changed
    emptied = await (await client.put(path, json={"bio": "Again."}, headers=token)).get_json()
    assert emptied == {"username": "ada", "display_name": "", "bio": "Again.", "links": [], "picture": None}


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("display_name", "A" * 81),
        ("bio", "A" * 501),
        *(("links", link) for link in ("javascript:alert(1)", "example.org", "https://a", "https://a.b/<>", "x" * 201)),
        ("links", "\n".join(f"https://example.org/{number}" for number in range(6))),
    ],
)
async def test_what_is_refused_is_still_there(app: Quart, ada: Person, field: str, given: str):
    answer = await (await signed_in(app, ada)).post("/settings/profile", form={**PROFILE, field: given})
    page = await read(answer)
    assert page.status == 422
    assert page.error(field)
    assert page.value("bio").splitlines()[-1] == (given if field == "bio" else "And the sea.")


async def test_a_name_of_control_characters_is_none(app: Quart, client: Client, ada: Person):
    asked = {"display_name": "\u202e\u200b "}
    answer = await client.put(f"/api/users/{ada.id}/profile", json=asked, headers=await bearer(app, ada))
    assert (await answer.get_json())["display_name"] == ""
