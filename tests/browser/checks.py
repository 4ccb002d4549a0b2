"""What has to be true of every page in every state: accessible in both schemes, and nothing sticks out."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python

from tests.browser.visitor import Visitor

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
EVERYTHING = "axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
VIOLATIONS = """
.then(found => found.violations.map(rule => rule.id + ': ' + rule.nodes.map(node => node.html).join(' | ')))
"""
PHONE = {"width": 360, "height": 740}
SMALLEST = {"width": 320, "height": 568}
DESK = {"width": 1280, "height": 900}
STICKING_OUT = """
[...document.querySelectorAll('body *')].filter(element => {
  const box = element.getBoundingClientRect();
  return box.width && box.right > document.documentElement.clientWidth + 1 && !element.closest('pre, .unseen, .skip');
}).map(element => element.outerHTML.slice(0, 120))
"""
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

SHIFTS = """
new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => { sum += entry.value; }))
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})
"""
"""How far things have moved that the reader did not move: cumulative layout shift."""


async def look_over(visitor: Visitor) -> None:
    """On a phone by day and at a desk by night, and on the smallest phone."""
    page, before = visitor.page, visitor.page.viewport_size
    await page.set_viewport_size(SMALLEST)
    await _fits(visitor)
    await page.evaluate(AXE)
    await page.set_viewport_size(PHONE)
    await _fits(visitor)
    await _accessible(visitor, "light")
    await page.set_viewport_size(DESK)
    await page.emulate_media(color_scheme="dark")
    await _accessible(visitor, "dark")
    await page.emulate_media(color_scheme="light")
    if before:
        await page.set_viewport_size(before)


async def _fits(visitor: Visitor) -> None:
    width = visitor.page.viewport_size
    assert not await visitor.measure(SCROLLS), (visitor.path, width, await visitor.measure(STICKING_OUT))


async def _accessible(visitor: Visitor, scheme: str) -> None:
    violations = await visitor.measure(EVERYTHING + VIOLATIONS)
    assert violations == [], f"{visitor.path} in {scheme}: {violations}"
