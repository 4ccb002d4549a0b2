"""Nothing that was typed is lost, whatever happens to the tab, the browser, the session, the line or the server."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import re
import signal
import socket
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Route, async_playwright, expect

from tests.browser.checks import look_over
from tests.browser.conftest import ARGUMENTS, Visit
from tests.browser.server import prepared, started
from tests.browser.visitor import Visitor
from tests.people import PASSWORD

pytestmark = pytest.mark.browser

TYPED = "The sea was out, and nobody had saved it yet."


async def _type(visitor: Visitor, title: str = "A text in the making", text: str = TYPED) -> None:
    await visitor.open("/posts/new")
    await visitor.fill(title=title)
    await visitor.page.locator("#content").press_sequentially(text)


async def _is_kept(visitor: Visitor) -> None:
    await visitor.sees("not yet published")


async def _finds_it(visitor: Visitor, title: str = "A text in the making", text: str = TYPED) -> None:
    await visitor.open("/dashboard")
    await visitor.follow(title)
    await expect(visitor.page.locator("#content")).to_have_value(text)


async def test_a_closed_tab_loses_nothing(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("ada")
    tab = await author.second_tab()
    await _type(tab)
    await _is_kept(tab)
    await tab.page.close()
    await _finds_it(author)
    await look_over(author)
    await author.press("Discard it")
    await author.sees("The unsaved text is discarded.")


async def test_tags_and_caption_are_kept_with_the_text(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("ada")
    tab = await author.second_tab()
    await _type(tab, "With its tags")
    await tab.fill(tags="Sea, Salt", cover_caption="In May")
    await _is_kept(tab)
    async with tab.page.expect_response(lambda answer: "/api/copies/" in answer.url and answer.ok):
        await tab.fill(slug="by-the-sea")
    await tab.page.close()
    await _finds_it(author, "With its tags")
    assert [await author.value(name) for name in ("tags", "cover_caption", "slug")] == [
        "Sea, Salt",
        "In May",
        "by-the-sea",
    ]
    other = await author.second_tab()
    await author.context.clear_cookies()
    await author.fill(tags="Sea, Salt, Sand")
    await author.sees("Logged out: kept in this browser.")
    await author.page.close()
    await other.log_in("ada")
    await _finds_it(other, "With its tags")
    await other.press("Use it")
    assert await other.value("tags") == "Sea, Salt, Sand"
    other.troubles.clear()  # the console says that a request was refused


async def test_a_tab_closed_at_once_has_still_sent_what_was_typed(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("grace")
    tab = await author.second_tab()
    await _type(tab)
    await tab.page.close(run_before_unload=True)
    await author.open("/posts/new")
    await expect(author.page.get_by_text("This browser has kept")).to_be_visible()
    await look_over(author)
    await author.press("Use it")
    assert await author.value("content") == TYPED


async def test_a_crashed_browser_loses_nothing(blog: str, newcomer: str, chromium_path: str, tmp_path: Path):
    """Neither what the server had, nor what was typed after the line was cut."""
    async with async_playwright() as playwright:
        launch = partial(playwright.chromium.launch_persistent_context, tmp_path, executable_path=chromium_path)
        context = await launch(args=ARGUMENTS)
        doomed = Visitor(await context.new_page(), blog)
        await doomed.register(newcomer)
        await doomed.log_in(newcomer)
        await _type(doomed, "Before the crash")
        await _is_kept(doomed)
        await context.set_offline(True)
        await doomed.fill(content=f"{TYPED} And more.")
        await doomed.sees("Offline: kept in this browser.")
        await asyncio.sleep(2)
        async with context.expect_event("close"):
            _kill_browser_of(tmp_path)
        context = await launch(args=ARGUMENTS)
        author = Visitor(await context.new_page(), blog)
        await author.log_in(newcomer)
        await _finds_it(author, "Before the crash")
        await author.open("/posts/new")
        await author.press("Use it")
        assert await author.value("content") == f"{TYPED} And more."
        await context.close()


async def test_a_session_that_ended_is_begun_again_in_place(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("ada")
    await author.open("/posts/new")
    await author.context.clear_cookies()
    await author.fill(title="After the session", content=TYPED)
    await expect(author.page.get_by_role("dialog")).to_be_visible()
    await look_over(author)
    await author.fill(**{"again-email": "ada@example.org", "again-password": "wrong"})
    await author.page.get_by_role("dialog").get_by_role("button", name="Log in").click()
    await expect(author.page.get_by_text("That did not work.")).to_be_visible()
    await author.fill(**{"again-password": PASSWORD})
    await author.page.get_by_role("dialog").get_by_role("button", name="Log in").click()
    await _is_kept(author)
    await author.press("Publish")
    await author.reads("After the session")


async def test_offline_it_is_kept_in_the_browser_and_sent_later(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("ada")
    await author.open("/posts/new")
    await author.context.set_offline(True)
    await author.fill(title="Under way", content=TYPED)
    await author.sees("Offline: kept in this browser.")
    await author.context.set_offline(False)
    await _is_kept(author)
    await _finds_it(author, "Under way")
    author.troubles.clear()  # the console says that the line was cut


async def test_a_server_that_restarts_in_the_middle_loses_nothing(visit: Visit, tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = prepared(tmp_path, "ada")
    author = await visit(f"http://127.0.0.1:{port}")
    with started(tmp_path, environment, port):
        await author.log_in("ada")
        await _type(author)
        await _is_kept(author)
    await author.fill(content=f"{TYPED} And more.")
    await author.sees("kept in this browser.")
    with started(tmp_path, environment, port):
        await _is_kept(author)
        await _finds_it(author, text=f"{TYPED} And more.")
        await author.page.close()
    author.troubles.clear()  # the console says that nobody answered


async def test_two_tabs_of_a_post_do_not_write_over_each_other(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("grace")
    path = f"/posts/{(await author.write('A post in two tabs', TYPED)).split('/')[2]}/edit"
    other = await author.second_tab()
    for tab in (author, other):
        await tab.open(path)
    await author.fill(content=f"{TYPED} In the first tab.")
    await _is_kept(author)
    await other.fill(content=f"{TYPED} In the second tab.")
    await other.sees("being changed in another window")
    async with author.page.expect_response("**/api/copies/*"):
        await author.fill(content=f"{TYPED} In the first tab, still.")
    await other.page.close()
    await author.open(path)
    await expect(author.page.get_by_text("This browser has kept")).to_be_visible()
    await expect(author.page.locator(".notice ins")).to_contain_text(["second"])


async def test_an_answer_lost_on_the_way_stops_nothing(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("grace")
    path = (await author.write("A post on a bad line", TYPED)).split("/")[2]
    await author.open(f"/posts/{path}/edit")

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await author.page.route("**/api/copies", lose, times=1)
    await author.fill(content=f"{TYPED} More.")
    await author.sees("Offline: kept in this browser.")
    await author.fill(content=f"{TYPED} More and more.")
    await _is_kept(author)
    author.troubles.clear()  # the console says that the line was cut


async def test_what_is_published_at_once_is_offered_nowhere(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("grace")
    path = await author.write("Published at once", TYPED)
    await author.open("/dashboard")
    await expect(
        author.page.get_by_role("region", name="Not saved yet").get_by_text("Published at once")
    ).to_have_count(0)
    await author.open(f"/posts/{path.split('/')[2]}/edit")
    await author.fill(title="Changed at once", content=f"{TYPED} And more.")
    await author.press("Save changes")
    async with author.page.expect_response("**/revisions/1"):
        await author.open("/posts/new")
    await expect(author.page.get_by_text("This browser has kept")).to_have_count(0)


async def test_a_kept_text_brings_back_no_fields_that_others_changed(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("ada")
    edit = f"/posts/{(await author.write('Tags of two', TYPED)).split('/')[2]}/edit"
    await author.open(edit)
    await author.fill(content=f"{TYPED} And more.")
    await _is_kept(author)
    root = await visit(blog)
    await root.log_in("root")
    await root.open(edit)
    await root.fill(tags="Salt")
    await root.press("Save changes")
    await author.open(edit)
    assert [await author.value(name) for name in ("tags", "content")] == ["Salt", f"{TYPED} And more."]
    await author.press("Save changes")
    await author.sees("Salt")
    await author.sees("And more.")


async def test_two_editors_know_of_each_other(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("ada")
    path = await author.write("A post for two", TYPED)
    root = await visit(blog)
    await root.log_in("root")
    for editor in (author, root):
        await editor.open(f"/posts/{path.split('/')[2]}/edit")
    await root.sees("ada has this post open, too.")


async def test_times_are_those_of_the_writers_zone(blog: str, visit: Visit):
    author = await visit(blog)
    zone = {"timezoneId": "Asia/Kathmandu"}
    await (await author.context.new_cdp_session(author.page)).send("Emulation.setTimezoneOverride", zone)
    await author.log_in("grace")
    await author.open("/posts/new")
    await author.fill(title="To appear at noon", content=TYPED, publish_at="2030-01-31T12:00")
    await author.page.locator("#state").select_option("scheduled")
    await author.sees("The time is that of Asia/Ka")
    await author.press("Schedule")
    post = author.path.split("/")[2]
    told = await author.page.evaluate("id => fetch(`/api/posts/${id}`).then((answer) => answer.json())", post)
    assert told["published_at"].startswith("2030-01-31T06:15")
    await author.open(f"/posts/{post}/edit")
    assert await author.value("publish_at") == "2030-01-31T12:00"
    await author.open(f"/posts/{post}/revisions")
    await expect(author.page.locator("main time").first).to_contain_text("GMT+5:45")


async def test_marks_are_set_by_keys_and_buttons_and_the_preview_shows_them(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("ada")
    await author.open("/posts/new")
    text = author.page.locator("#content")
    await text.fill("Bold words")
    await text.evaluate("area => area.setSelectionRange(0, 4)")
    await text.press("Control+b")
    assert await author.value("content") == "**Bold** words"
    await text.press("Control+z")
    assert await author.value("content") == "Bold words"
    await text.evaluate("area => area.setSelectionRange(0, 10)")
    await author.press("Heading")
    await author.press("Preview")
    await expect(author.page.locator(".preview h2")).to_contain_text("Bold words")
    await author.sees("3 words, 1 minute to read")
    await look_over(author)


PASTE = """(area, base64) => {
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], "beach.png", { type: "image/png" }));
    area.focus();
    area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
}"""


async def test_a_picture_is_pasted_or_chosen_and_a_refusal_is_told(blog: str, visit: Visit):
    author = await visit(blog)
    await author.log_in("ada")
    await author.open("/posts/new")
    await author.fill(title="With a picture", content="Before ")
    text = author.page.locator("#content")
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, "PNG")
    await text.evaluate(PASTE, base64.b64encode(made.getvalue()).decode())
    await expect(text).to_have_value(re.compile(r"^Before !\[\]\(/media/\S+\)$"))
    await author.page.keyboard.type("A beach")
    await expect(text).to_have_value(re.compile(r"^Before !\[A beach\]\(/media/\S+\)$"))
    async with author.page.expect_file_chooser() as chosen:
        await author.press("Picture")
    drawing = {
        "name": "drawing.svg",
        "mimeType": "image/svg+xml",
        "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    }
    await (await chosen.value).set_files([drawing])
    await author.sees("drawing.svg was not taken:")
    assert "being sent" not in await author.value("content")
    await author.press("Preview")
    await expect(author.page.locator(".preview img[alt='A beach']")).to_be_visible()
    await look_over(author)


def _kill_browser_of(profile: Path) -> None:
    """All its processes, as a crash does."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"--user-data-dir={profile}".encode() in (process / "cmdline").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)
