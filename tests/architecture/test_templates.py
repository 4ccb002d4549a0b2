"""What the Content-Security-Policy and the escaping rely on."""

from __future__ import annotations

import re

from tests.architecture.sources import ROOT, TEMPLATES, told

FORBIDDEN = {
    "Make it Markup in a pure, tested function; a template trusts nothing.": re.compile(r"\|\s*safe\b|autoescape"),
    "Put it into a class of static/css: the policy allows no inline style.": re.compile(r"\sstyle=|<style\b"),
    "Put it into a module under static/: the policy allows no inline script.": re.compile(
        r"\son[a-z]+=|<script(?![^>]*\ssrc=)"
    ),
    "Serve it from static/: pages load nothing from other sites.": re.compile(
        r"<(link|script|img)[^>]*(src|href)=\"(https?:)?//"
    ),
}


def test_templates_keep_to_what_the_policy_allows() -> None:
    for remedy, pattern in FORBIDDEN.items():
        told(
            remedy,
            [
                f"{path.relative_to(ROOT)}:{number}"
                for path in sorted(TEMPLATES.rglob("*.html"))
                for number, line in enumerate(path.read_text().splitlines(), 1)
                if pattern.search(line)
            ],
        )
