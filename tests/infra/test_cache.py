"""What is kept, for how long, and what makes room."""

from __future__ import annotations

import time

import pytest

from blogapp.infra import cache
from blogapp.infra.cache import LARGEST_SHARE, Cache

ROOM = 16_000


def kept(*keys: str, size: int = 1000, tags: tuple[str, ...] = ()) -> Cache[str]:
    made = Cache[str](ROOM)
    for key in keys:
        made.put(key, key.upper(), size, tags, made.moment)
    return made


def test_what_was_put_is_found_and_nothing_else():
    assert kept("a").get("a") == "A"
    assert kept("a").get("b") is None


def test_no_more_is_kept_than_there_is_room_for():
    made = kept(*(f"key {number}" for number in range(100)))
    assert (len(made), made.size) == (16, ROOM)
    assert made.get("key 99") == "KEY 99"
    assert made.get("key 0") is None


def test_what_was_used_longest_ago_makes_room():
    made = kept(*(f"key {number}" for number in range(16)))
    assert made.get("key 0")
    made.put("new", "NEW", 1000, (), made.moment)
    assert made.get("key 0")
    assert made.get("key 1") is None


def test_one_value_may_not_take_the_room_of_all():
    made = kept("large", size=ROOM // LARGEST_SHARE + 1)
    assert made.get("large") is None
    assert made.size == 0


def test_without_room_nothing_is_kept():
    made = Cache[str](0)
    made.put("a", "A", 0, (), made.moment)
    made.put("b", "B", 1, (), made.moment)
    assert made.get("b") is None
    assert made.size == 0


def test_a_purge_takes_what_has_the_tag_and_leaves_the_rest():
    made = Cache[str](ROOM)
    for key, tags in {"one": ("post:1", "user:1"), "two": ("post:2", "user:1"), "home": ("home",)}.items():
        made.put(key, key, 10, tags, made.moment)
    made.purge(["post:1"])
    assert [made.get(key) for key in ("one", "two", "home")] == [None, "two", "home"]
    made.purge({"user:1", "user:9"})
    assert [made.get(key) for key in ("one", "two", "home")] == [None, None, "home"]
    made.put("one", "again", 10, ("post:1", "user:1"), made.moment)
    assert made.get("one") == "again"


def test_what_was_begun_before_a_purge_is_not_kept():
    made = Cache[str](ROOM)
    begun = made.moment
    made.purge(["post:1"])
    made.put("one", "old", 10, ("post:1",), begun)
    made.put("two", "still true", 10, ("post:2",), begun)
    assert (made.get("one"), made.get("two")) == (None, "still true")


def test_dropping_takes_all_and_what_is_being_made():
    made = kept("a", "b", tags=("home",))
    begun = made.moment
    made.drop()
    made.put("late", "late", 10, ("home",), begun)
    assert (len(made), made.size, made.get("late")) == (0, 0, None)
    made.put("new", "new", 10, ("home",), made.moment)
    assert made.get("new") == "new"


def test_nothing_lives_longer_than_its_time(monkeypatch: pytest.MonkeyPatch):
    made = kept("a")
    start = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: start + cache.SECONDS - 1)
    assert made.get("a") == "A"
    monkeypatch.setattr(time, "monotonic", lambda: start + cache.SECONDS + 1)
    assert made.get("a") is None
    assert made.size == 0


def test_purged_tags_do_not_pile_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache, "MOST_TAGS", 100)
    made = kept("old", tags=("post:1",))
    begun = made.moment
    for number in range(1000):
        made.purge([f"post:{number}"])
    assert len(made._purged) <= 100
    assert made.get("old") is None
    made.put("late", "late", 10, ("post:1",), begun)
    assert made.get("late") is None
