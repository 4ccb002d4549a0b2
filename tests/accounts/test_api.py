"""Users as JSON."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from quart import Quart

from tests.people import PASSWORD, Client, Person, bearer, signed_in
from tests.posts import make as posts
from tests.refusals import refusal

JOAN = {"username": "joan", "email": "joan@example.org", "password": PASSWORD}


async def test_the_public_sees_names_and_no_addresses(client: Client, ada: Person):
    shown = await (await client.get(f"/api/users/{ada.id}")).get_json()
    assert set(shown) == {"id", "username", "created_at"}
    assert (shown["id"], shown["username"]) == (ada.id, "ada")
    listed = await (await client.get("/api/users")).get_json()
    assert listed["users"] == [shown]


async def test_times_have_an_offset_and_it_is_zero(client: Client, ada: Person):
    shown = await (await client.get(f"/api/users/{ada.id}")).get_json()
    assert datetime.fromisoformat(shown["created_at"]).utcoffset() == timedelta(0)


async def test_an_account_sees_its_own_address_and_no_others(app: Quart, client: Client, ada: Person, grace: Person):
    headers = await bearer(app, ada)
    listed = await (await client.get("/api/users", headers=headers)).get_json()
    assert [user.get("email") for user in listed["users"]] == ["ada@example.org", None]
    assert "email" not in await (await client.get(f"/api/users/{grace.id}", headers=headers)).get_json()
    own = await (await client.get(f"/api/users/{ada.id}", headers=headers)).get_json()
    assert (own["email"], own["is_admin"]) == ("ada@example.org", False)


async def test_an_administrator_sees_every_address(app: Quart, client: Client, ada: Person, root: Person):
    listed = await (await client.get("/api/users", headers=await bearer(app, root))).get_json()
    assert [user["email"] for user in listed["users"]] == ["ada@example.org", "root@example.org"]


async def test_who_is_not_there_is_not_found(app: Quart, client: Client, root: Person):
    headers = await bearer(app, root)
    for number in ("999", "0", "-1", "abc", "2147483648", "9" * 30, "1.0", "01"):
        await refusal(await client.get(f"/api/users/{number}"), 404)
        await refusal(await client.patch(f"/api/users/{number}", json={}, headers=headers), 404)
        await refusal(await client.delete(f"/api/users/{number}", headers=headers), 404)


async def test_an_administrator_creates_accounts(app: Quart, client: Client, root: Person):
    response = await client.post("/api/users", json=JOAN, headers=await bearer(app, root))
    made = await response.get_json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/users/{made['id']}"
    assert (made["username"], made["email"], made["is_admin"]) == ("joan", "joan@example.org", False)
    again = await client.get(response.headers["Location"], headers=await bearer(app, root))
    assert await again.get_json() == made
    assert again.headers["ETag"] == response.headers["ETag"]
    login = {"email": JOAN["email"], "password": PASSWORD}
    assert (await client.post("/auth/login", form=login)).status_code == 303


async def test_an_administrator_may_create_another(app: Quart, client: Client, root: Person):
    response = await client.post("/api/users", json=JOAN | {"is_admin": True}, headers=await bearer(app, root))
    assert (await response.get_json())["is_admin"] is True


async def test_nobody_else_creates_accounts(app: Quart, client: Client, ada: Person):
    response = await client.post("/api/users", json=JOAN)
    await refusal(response, 401)
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    await refusal(await client.post("/api/users", json=JOAN, headers=await bearer(app, ada)), 403)
    assert (await (await client.get("/api/users")).get_json())["total"] == 1


async def test_who_may_not_is_told_so_before_what_is_wrong_with_the_body(app: Quart, client: Client, ada: Person):
    await refusal(await client.post("/api/users", data="{", headers=await bearer(app, ada)), 403)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "ADA"}, "username"),
        ({"email": "Ada@Example.org"}, "email"),
        ({"email": " ada@example.org "}, "email"),
    ],
)
async def test_a_name_that_is_taken_in_any_case_is_a_conflict_on_its_field(
    app: Quart, client: Client, ada: Person, root: Person, change: dict[str, str], field: str
):
    response = await client.post("/api/users", json=JOAN | change, headers=await bearer(app, root))
    problem = await refusal(response, 409, field)
    assert problem["errors"][0]["rule"] == "taken"


async def test_a_former_name_leads_on_and_is_nobody_elses(
    app: Quart, client: Client, ada: Person, grace: Person, root: Person
):
    mine, theirs = await bearer(app, ada), await bearer(app, root)
    address, post = f"/api/users/{ada.id}", {"title": "A walk in the mud", "content": "Again with @Ada in the mud."}

    async def leads_to(name: str) -> str:
        answer = await client.get(f"/users/{name}")
        return answer.headers.get("Location", "") if answer.status_code == 301 else str(answer.status_code)

    for name in ("augusta", "countess"):
        assert (await client.patch(address, json={"username": name}, headers=mine)).status_code == 200
    assert [await leads_to(name) for name in ("ada", "Augusta", "countess")] == ["/users/countess"] * 2 + ["200"]
    assert (await client.get("/users/ada/feed.atom")).status_code == 200
    made = await (await client.post("/api/posts", json=post, headers=theirs)).get_json()
    assert 'href="/users/countess"' in made["html"]
    for name in ("Ada", "augusta"):
        await refusal(await client.post("/api/users", json=JOAN | {"username": name}, headers=theirs), 409, "username")
        changed = await client.patch(f"/api/users/{grace.id}", json={"username": name}, headers=theirs)
        await refusal(changed, 409, "username")

    assert (await client.patch(address, json={"username": "ada"}, headers=mine)).status_code == 200
    assert [await leads_to(name) for name in ("ada", "augusta", "countess")] == ["200"] + ["/users/ada"] * 2


async def test_the_last_few_names_are_kept(app: Quart, client: Client, ada: Person, root: Person):
    mine = await bearer(app, ada)
    for number in range(6):
        await client.patch(f"/api/users/{ada.id}", json={"username": f"ada-{number}"}, headers=mine)
    assert (await client.get("/users/ada")).status_code == 404
    assert [(await client.get(f"/users/ada-{number}")).status_code for number in range(6)] == [301] * 5 + [200]
    made = await client.post("/api/users", json=JOAN | {"username": "Ada"}, headers=await bearer(app, root))
    assert made.status_code == 201
    await client.delete(f"/api/users/{ada.id}", headers=mine)
    assert (await client.get("/users/ada-3")).status_code == 404


async def test_what_breaks_a_rule_is_named_by_field_and_rule(app: Quart, client: Client, root: Person):
    headers = await bearer(app, root)
    for change, field, rule in [
        ({"username": "ab"}, "username", "too_short"),
        ({"username": "a" * 21}, "username", "too_long"),
        ({"username": "ad a"}, "username", "username"),
        ({"username": "аda"}, "username", "username"),  # noqa: RUF001  # a Cyrillic a
        ({"username": 7}, "username", "string_type"),
        ({"username": None}, "username", "string_type"),
        ({"email": "ada"}, "email", "email"),
        ({"email": "ada@localhost"}, "email", "email"),
        ({"email": "a@" + "b" * 120 + ".org"}, "email", "too_long"),
        ({"password": "short"}, "password", "too_short"),
        ({"password": "p" * 129}, "password", "too_long"),
        ({"password": "Password1"}, "password", "common_password"),
        ({"password": 12345678}, "password", "string_type"),
        ({"is_admin": "true"}, "is_admin", "bool_type"),
        ({"is_admin": 1}, "is_admin", "bool_type"),
        ({"is_admin": None}, "is_admin", "bool_type"),
        ({"id": 7}, "id", "extra_forbidden"),
    ]:
        problem = await refusal(await client.post("/api/users", json=JOAN | change, headers=headers), 422, field)
        assert problem["errors"][0]["rule"] == rule, change
        assert PASSWORD not in str(problem)


async def test_a_missing_field_is_named(app: Quart, client: Client, root: Person):
    response = await client.post("/api/users", json={}, headers=await bearer(app, root))
    problem = await refusal(response, 422, "username", "email", "password")
    assert {error["rule"] for error in problem["errors"]} == {"missing"}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_account_changes_what_it_sends_and_nothing_else(app: Quart, client: Client, ada: Person, method: str):
    headers = await bearer(app, ada)
    response = await client.open(f"/api/users/{ada.id}", method=method, json={"username": "Lovelace"}, headers=headers)
    changed = await response.get_json()
    assert response.status_code == 200
    assert (changed["username"], changed["email"]) == ("Lovelace", ada.email)
    response = await client.open(
        f"/api/users/{ada.id}", method=method, json={"email": "a@example.com"}, headers=headers
    )
    assert (await response.get_json()) == changed | {"email": "a@example.com"}
    assert (await (await client.get(f"/api/users/{ada.id}")).get_json())["username"] == "Lovelace"


async def test_a_name_may_change_its_case(app: Quart, client: Client, ada: Person):
    response = await client.patch(f"/api/users/{ada.id}", json={"username": "Ada"}, headers=await bearer(app, ada))
    assert (await response.get_json())["username"] == "Ada"


async def test_nobody_takes_the_name_of_another(app: Quart, client: Client, ada: Person, grace: Person):
    headers = await bearer(app, ada)
    for change in ({"username": "GRACE"}, {"email": "GRACE@example.org"}):
        await refusal(await client.patch(f"/api/users/{ada.id}", json=change, headers=headers), 409, *change)
    assert (await (await client.get(f"/api/users/{ada.id}")).get_json())["username"] == "ada"


async def test_only_the_account_and_administrators_change_it(
    app: Quart, client: Client, ada: Person, grace: Person, root: Person
):
    path, change = f"/api/users/{ada.id}", {"username": "changed"}
    await refusal(await client.patch(path, json=change), 401)
    await refusal(await client.patch(path, json=change, headers=await bearer(app, grace)), 403)
    assert (await client.patch(path, json=change, headers=await bearer(app, root))).status_code == 200


async def test_only_administrators_make_administrators(app: Quart, client: Client, ada: Person, root: Person):
    path = f"/api/users/{ada.id}"
    await refusal(await client.patch(path, json={"is_admin": True}, headers=await bearer(app, ada)), 403, "is_admin")
    assert (await (await client.get(path, headers=await bearer(app, ada))).get_json())["is_admin"] is False
    response = await client.patch(path, json={"is_admin": True}, headers=await bearer(app, root))
    assert (await response.get_json())["is_admin"] is True
    await refusal(
        await client.post("/api/users", json={}, headers=await bearer(app, ada)), 422, "email", "password", "username"
    )


async def test_sending_the_standing_one_has_is_no_change(app: Quart, client: Client, ada: Person):
    response = await client.patch(f"/api/users/{ada.id}", json={"is_admin": False}, headers=await bearer(app, ada))
    assert response.status_code == 200


async def test_an_account_goes_with_its_posts_and_tokens(app: Quart, client: Client, ada: Person, grace: Person):
    await posts.post(app, ada)
    kept = await posts.post(app, grace)
    headers = await bearer(app, ada)
    response = await client.delete(f"/api/users/{ada.id}", headers=headers)
    assert await response.get_json() == {"message": "User deleted"}
    await refusal(await client.get(f"/api/users/{ada.id}"), 404)
    assert [post["id"] for post in (await (await client.get("/api/posts")).get_json())["posts"]] == [kept.id]
    await refusal(await client.get("/api/tokens", headers=headers), 401)


async def test_only_the_account_and_administrators_delete_it(
    app: Quart, client: Client, ada: Person, grace: Person, root: Person
):
    path = f"/api/users/{ada.id}"
    await refusal(await client.delete(path), 401)
    await refusal(await client.delete(path, headers=await bearer(app, grace)), 403)
    assert (await client.delete(path, headers=await bearer(app, root))).status_code == 200


async def test_a_change_of_an_older_version_is_refused_and_does_nothing(app: Quart, client: Client, ada: Person):
    path, headers = f"/api/users/{ada.id}", await bearer(app, ada)
    read = (await client.get(path, headers=headers)).headers["ETag"]
    first = await client.patch(path, json={"username": "first"}, headers=headers | {"If-Match": read})
    assert first.status_code == 200
    await refusal(await client.patch(path, json={"username": "second"}, headers=headers | {"If-Match": read}), 412)
    await refusal(await client.delete(path, headers=headers | {"If-Match": read}), 412)
    assert (await (await client.get(path)).get_json())["username"] == "first"
    newest = first.headers["ETag"]
    assert (await client.delete(path, headers=headers | {"If-Match": newest})).status_code == 200


async def test_who_may_not_change_an_account_learns_nothing_of_its_version(
    app: Quart, client: Client, ada: Person, grace: Person
):
    headers = await bearer(app, grace) | {"If-Match": '"user-1-99"'}
    await refusal(await client.patch(f"/api/users/{ada.id}", json={"username": "other"}, headers=headers), 403)


async def test_more_of_an_account_is_another_version(app: Quart, client: Client, ada: Person):
    path = f"/api/users/{ada.id}"
    public, own = await client.get(path), await client.get(path, headers=await bearer(app, ada))
    assert public.headers["ETag"] != own.headers["ETag"]
    assert {"Cookie", "Authorization"} <= set(public.vary)


async def test_a_browser_that_is_signed_in_may_use_the_api(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}):
        response = await browser.patch(f"/api/users/{ada.id}", json={"username": "ada"}, headers=headers)
        assert response.status_code == 200
