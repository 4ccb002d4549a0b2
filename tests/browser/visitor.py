"""A person at a browser, who notices whatever should not happen there."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.people import PASSWORD


class Visitor:
    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.troubles: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        page.on("request", self._watch)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.origin)

    async def open(self, path: str) -> None:
        await self.page.goto(self.origin + path)

    async def second_tab(self) -> Visitor:
        tab = Visitor(await self.context.new_page(), self.origin)
        tab.troubles = self.troubles
        return tab

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def main(self) -> Locator:
        return self.page.locator("main")

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=_exactly(name)).click()

    async def follow(self, name: str) -> None:
        await self.page.get_by_role("link", name=_exactly(name)).first.click()

    async def fill(self, **fields: str) -> None:
        for field, value in fields.items():
            await self.page.locator(f"#{field}").fill(value)

    async def paste(self, field: str, text: str) -> None:
        """At once: typing many lines takes Chromium minutes."""
        await self.page.locator(f"#{field}").evaluate("(field, text) => { field.value = text; }", text)

    async def skip_native_validation(self) -> None:
        """As browsers do that know nothing of it: what the server says must be enough."""
        await self.page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")

    async def register(self, name: str) -> None:
        await self.open("/auth/register")
        await self.fill(username=name, email=f"{name}@example.org", password=PASSWORD, confirm_password=PASSWORD)
        await self.press("Create my account")
        await self.sees("Account created! Please log in.")

    async def log_in(self, name: str) -> None:
        if not self.path.startswith("/auth/login"):
            await self.open("/auth/login")
        await self.fill(email=f"{name}@example.org", password=PASSWORD)
        await self.press("Log in")
        await expect(self.page.get_by_role("button", name="Log out")).to_be_visible()

    async def write(self, title: str, content: str) -> str:
        """The path of a new post."""
        await self.open("/posts/new")
        await self.fill(title=title, content=content)
        await self.press("Publish")
        await self.sees("Your post is published.")
        return self.path

    async def sees(self, words: str) -> None:
        await expect(self.main()).to_contain_text(words)

    async def reads(self, heading: str) -> None:
        await expect(self.page.locator("h1")).to_have_text(heading)

    async def value(self, field: str) -> str:
        return await self.page.locator(f"#{field}").input_value()

    async def measure(self, script: str) -> Any:
        return await self.page.evaluate(script)

    def _hear(self, message: ConsoleMessage) -> None:
        """A document with an error status is said to have failed; it is the page we look at."""
        page_itself = message.text.startswith("Failed to load resource") and "/static/" not in message.location["url"]
        if message.type in {"error", "warning"} and not page_itself:
            self.troubles.append(f"console: {message.text}")

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:")):
            self.troubles.append(f"a request to another origin: {request.url}")


def _exactly(name: str) -> re.Pattern[str]:
    """Chromium parts words that only screen readers get from the ones before by a space."""
    return re.compile(f"^{re.escape(name).replace(':', ' ?:')}$")
