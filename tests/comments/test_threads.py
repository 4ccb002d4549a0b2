"""The order in which comments are read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from blogapp.comments.threads import DEEPEST, in_order


def row(number: int, parent: int | None = None, **more: Any) -> Any:
    return SimpleNamespace(id=number, parent_id=parent, name=f"name {number}", **{"says": True, **more})


def says(one: Any) -> bool:
    return bool(one.says)


def test_a_thread_a_thousand_deep_is_put_in_order():
    rows = [row(1), *(row(number, number - 1) for number in range(2, 1001))]
    found = in_order(rows, says)
    assert [one.row.id for one in found] == list(range(1, 1001))
    assert (found[-1].depth, found[-1].drawn) == (999, DEEPEST - 1)
    assert found[-1].answered == "name 999"
    assert found[1].answered is None


def test_what_says_nothing_stays_where_something_below_it_does():
    rows = [row(1, says=False), row(2, 1, says=False), row(3, 2), row(4, 1, says=False), row(5, says=False)]
    assert [(one.row.id, one.is_readable) for one in in_order(rows, says)] == [(1, False), (2, False), (3, True)]
