"""Checks that are switched off say why."""

from __future__ import annotations

import re

from tests.architecture.sources import modules, suite, told

SWITCHED_OFF = re.compile(r"#\s*(type:\s*ignore|noqa|pragma:\s*no cover|ruff:\s*noqa)")
EXPLAINED = re.compile(r"#\s*(type:\s*ignore\[[a-z, -]+\]|noqa: [A-Z0-9, ]+)  # \S.*")
SKIPPED = re.compile(r"pytest\.skip\(|mark\.(skip|skipif|xfail)\b|importorskip")
PATTERN = re.compile(r"[A-Z_]+ = re\.compile")


def test_every_check_switched_off_names_it_and_says_why() -> None:
    told(
        "Write `# noqa: CODE  # reason` or `# type: ignore[code]  # reason`, or mend what is complained about.",
        [
            f"{module}:{number}"
            for module in (*modules(), *suite())
            for number, line in enumerate(module.text.splitlines(), 1)
            if SWITCHED_OFF.search(line) and not EXPLAINED.search(line) and not PATTERN.match(line)
        ],
    )


def test_no_test_is_skipped() -> None:
    told(
        "Let it fail and say what the machine lacks: a test that is skipped tells nobody that it was not done.",
        [
            f"{module}:{number}"
            for module in suite()
            for number, line in enumerate(module.text.splitlines(), 1)
            if SKIPPED.search(line) and not PATTERN.match(line)
        ],
    )
