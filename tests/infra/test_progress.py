"""Progress of long work."""

from __future__ import annotations

import io

from blogapp.infra import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_than_on_a_terminal_a_few_plain_lines():
    stream = io.StringIO()
    with progress.shown(stream).count("copying posts", 1000) as advance:
        for _ in range(1000):
            advance(1)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 10
    assert (lines[0], lines[-1]) == ("copying posts: 100 of 1000", "copying posts: 1000 of 1000")


def test_nothing_to_do_is_not_worth_a_line():
    stream = io.StringIO()
    with progress.shown(stream).count("copying posts", 0):
        pass
    assert stream.getvalue() == ""


def test_on_a_terminal_a_bar():
    stream = Terminal()
    with progress.shown(stream).count("copying posts", 2) as advance:
        advance(2)
    assert "copying posts" in stream.getvalue()
    assert "2/2" in stream.getvalue()
