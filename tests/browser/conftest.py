"""A real Chromium, a real server, and visitors to send there."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.browser.checks import DESK, PHONE
from tests.browser.server import serving
from tests.browser.visitor import Visitor

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 15_000
"""Milliseconds: other tests run beside."""

NUMBERS = count(1)
Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is not on PATH: apt-get install chromium")
    return path


@pytest.fixture(scope="session")
async def chromium(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a blog that all tests share; each has accounts of its own."""
    with serving(tmp_path_factory.mktemp("blog"), "ada", "grace", "root") as origin:
        yield origin


@pytest.fixture
async def visit(chromium: Browser) -> AsyncIterator[Visit]:
    """Send somebody new to an origin. Whatever troubles they meet fail the test at its end."""
    visitors: list[Visitor] = []
    async with AsyncExitStack() as contexts:

        async def send(origin: str, *, scripts: bool = True, viewport: Any = DESK) -> Visitor:
            context = await chromium.new_context(
                java_script_enabled=scripts, viewport=viewport, reduced_motion="reduce", has_touch=viewport == PHONE
            )
            contexts.push_async_callback(_leave, context)
            context.set_default_timeout(PATIENCE)
            visitors.append(Visitor(await context.new_page(), origin))
            return visitors[-1]

        yield send
    for visitor in visitors:
        assert visitor.troubles == []


async def _leave(context: BrowserContext) -> None:
    """Chromium may wait for ever when a context is closed while a form is on its way."""
    for page in context.pages:
        await page.goto("about:blank")
    await context.close()


@pytest.fixture
def newcomer() -> str:
    """A name nobody has yet."""
    return f"mary{next(NUMBERS)}"
