"""Every page in every state is accessible by day and by night, and nothing sticks out on the smallest phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.browser.checks import look_over
from tests.browser.conftest import Visit
from tests.browser.server import serving
from tests.browser.visitor import Visitor
from tests.people import PASSWORD

pytestmark = pytest.mark.browser

LONG = "W" * 200
LONG_TEXT = f"https://a.example/{LONG}?{LONG}\n\n{LONG} {LONG}\n\n" + "An ordinary line of text. " * 20
TOO_SOON = {"RATE_LIMITS": "on", "LIMIT_WRITE": "1/hour", "REGISTRATION": "closed", "SITE_NAME": "The " + "W" * 76}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A blog with nothing in it but accounts."""
    with serving(tmp_path_factory.mktemp("library"), "ada", "x" * 20) as origin:
        yield origin


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A blog that takes no new authors, one post an hour, and has a name as long as names may be."""
    with serving(tmp_path_factory.mktemp("strict"), "ada", **TOO_SOON) as origin:
        yield origin


async def _look_at(visitor: Visitor, *paths: str) -> None:
    for path in paths:
        await visitor.open(path)
        await look_over(visitor)


async def test_what_visitors_see(library: str, visit: Visit):
    visitor = await visit(library)
    await _look_at(
        visitor,
        "/",
        "/auth/login",
        "/auth/login?next=/posts/new",
        "/auth/register",
        "/auth/forgot",
        "/auth/reset/x",
        "/users/ada",
    )
    await _look_at(
        visitor,
        "/archive",
        "/series",
        "/search",
        "/search?q=x",
        "/nowhere",
        "/?page=x",
        f"/{LONG}",
        "/posts/7",
        "/api/docs",
    )
    for path, button in (("/auth/login", "Log in"), ("/auth/register", "Create my account")):
        await visitor.open(path)
        await visitor.skip_native_validation()
        await visitor.press(button)
        await visitor.sees("Please fill this in.")
        await look_over(visitor)


async def test_what_a_new_author_sees(library: str, visit: Visit):
    author = await visit(library)
    await author.log_in("x" * 20)
    await _look_at(author, "/", "/dashboard", f"/users/{'x' * 20}", "/posts/new", "/settings", "/settings/delete")
    await _look_at(author, "/auth/logout", "/nowhere")
    await author.open("/posts/new")
    await author.skip_native_validation()
    await author.press("Publish")
    await author.sees("Please fill this in.")
    await look_over(author)


async def test_what_there_is_of_a_post(blog: str, visit: Visit):
    author, reader = await visit(blog), await visit(blog)
    await author.log_in("ada")
    path = await author.write(LONG, LONG_TEXT)
    await look_over(author)
    number = path.split("/")[2]
    await _look_at(
        author,
        *(f"/posts/{number}/{page}" for page in ("edit", "delete", "revisions", "revisions/1")),
        "/dashboard",
        "/dashboard/trash",
    )
    await _look_at(reader, path, "/", "/users/ada")
    await author.open(f"/posts/{number}/edit")
    other = await author.second_tab()
    await other.open(f"/posts/{number}/edit")
    await other.fill(title="Saved in the other tab")
    await other.press("Save changes")
    await author.fill(title="Saved in this one, too")
    await author.press("Save changes")
    await author.sees("This post was changed while you were writing.")
    await look_over(author)
    await other.open("/")
    await other.press("Log out")
    await author.fill(title="Saved over it")
    await expect(author.page.get_by_role("dialog")).to_be_visible()
    await look_over(author)


async def test_lists_of_several_pages(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("grace")
    for number in range(21):
        await author.context.request.post(
            f"{blog}/posts/new", form={"title": f"Post number {number}", "content": "Long enough."}
        )
    await _look_at(author, "/", "/?page=2", "/dashboard", "/dashboard?page=2", "/users/grace?page=2")


async def test_tags_and_series(blog: str, visit: Visit):
    author, admin, reader = await visit(blog), await visit(blog), await visit(blog)
    await author.log_in("ada")
    await _look_at(author, "/dashboard/series", "/tags", "/admin/tags")
    tags = ", ".join([*("W" * 48 + str(number) for number in range(9)), "Low tide"])
    for number in range(3):
        form = {"title": f"{number} {LONG[:100]}", "content": LONG_TEXT, "tags": tags, "new_series": LONG}
        await author.context.request.post(f"{blog}/posts/new", form=form)
    await author.open("/tags/low-tide")
    await author.follow(f"1 {LONG[:100]}")
    await author.sees("Part 2 of 3")
    path = author.path
    await author.open("/dashboard/series")
    await look_over(author)
    await author.follow(f"Edit: {LONG}")
    await author.press(f"Down: 0 {LONG[:100]}")
    await look_over(author)
    await _look_at(reader, path, "/tags", "/tags/low-tide", f"/series/{'w' * 80}", "/", "/series", "/archive")
    await admin.log_in("root")
    await _look_at(admin, "/admin/tags", "/admin/tags/low-tide")
    await admin.press("Merge")
    await look_over(admin)


async def test_a_long_post_and_what_its_author_tells(blog: str, visit: Visit, newcomer: str):
    author, admin = await visit(blog), await visit(blog)
    await author.register(newcomer)
    await author.log_in(newcomer)
    await author.open("/settings/profile")
    await author.fill(
        display_name="W" * 80, bio=LONG_TEXT[:400], links=f"https://a.example/{'W' * 150}\nhttps://b.example/"
    )
    await author.press("Save")
    await author.sees("Your profile is saved.")
    await look_over(author)
    parts = [
        f"{mark} {LONG[:60]} {number}\n\n{'Some words more. ' * 80}" for number, mark in enumerate(["#", "##", "#"])
    ]
    form = {"title": "A long one", "content": "\n\n".join([*parts, "```\nsome code\n```"]), "tags": "Length"}
    await author.context.request.post(f"{blog}/posts/new", form=form | {"title": "Another one"})
    await author.context.request.post(f"{blog}/posts/new", form=form)
    await author.open("/tags/length")
    await author.follow("A long one")
    await author.sees("Related posts")
    await look_over(author)
    await author.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await author.page.locator(".copy").focus()
    await author.press("Copy this code")
    assert await author.measure("navigator.clipboard.readText()") == "some code"
    await author.follow("Copy link")
    await author.sees("Copied")
    assert await author.measure("navigator.clipboard.readText()") == blog + author.path
    await admin.log_in("root")
    await admin.open(author.path)
    await admin.press("Pin")
    await admin.sees("The post stays on top of the home page.")
    await look_over(admin)
    await admin.press("Unpin")
    await admin.sees("The post has its place among the others again.")


async def test_settings_in_every_state(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("grace")
    await author.open("/settings")
    await author.skip_native_validation()
    await author.press("Change password")
    await author.sees("Please fill this in.")
    await look_over(author)
    await author.fill(**{"email-email": "ada@example.org", "email-current_password": PASSWORD})
    await author.press("Change e-mail")
    await author.sees("This e-mail address already has an account")
    await author.fill(**{"token-name": "W" * 80, "token-expires_in_days": "30"})
    await author.press("Make a token")
    await author.sees("It is shown only this once.")
    await look_over(author)
    await author.open("/settings/delete")
    await author.fill(username="ada", current_password=PASSWORD)
    await author.press("Delete my account")
    await author.sees("Type grace to confirm.")
    await look_over(author)


async def test_what_is_refused(strict: str, visit: Visit):
    visitor, author = await visit(strict), await visit(strict)
    await _look_at(visitor, "/", "/auth/register", "/auth/login")
    await author.log_in("ada")
    await author.write("The one of this hour", "And nothing more.")
    await author.open("/posts/new")
    await author.fill(title=LONG, content=LONG_TEXT)
    await author.press("Publish")
    await author.sees("Your text is not lost")
    await look_over(author)
    await author.press("Send it again")
    await author.reads("Too many tries")
    assert await author.value("content") == LONG_TEXT.strip() or await author.value("content") == LONG_TEXT
    await author.open("/posts/1/delete")
    await author.press("Delete the post")
    await author.reads("Too many tries")
    await look_over(author)


async def test_what_is_forbidden(blog: str, visit: Visit):
    author, other = await visit(blog), await visit(blog)
    await author.log_in("ada")
    path = await author.write("Not for others", "But for all to read.")
    await other.log_in("grace")
    await other.open(f"/posts/{path.split('/')[2]}/edit")
    await other.reads("This is not yours to do")
    await look_over(other)
