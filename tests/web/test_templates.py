"""Parts of pages that are made once are made for what they are given, and made anew while they are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import FileSystemLoader, StrictUndefined, UndefinedError
from quart import Quart

from blogapp.app import create_app
from blogapp.web.templates import Templates


@pytest.fixture
def part(tmp_path: Path) -> Path:
    part = tmp_path / "part.html"
    part.write_text("<b>{{ word }}</b>")
    return part


def templates(part: Path, *, auto_reload: bool) -> Templates:
    return Templates(
        loader=FileSystemLoader(part.parent), autoescape=True, undefined=StrictUndefined, auto_reload=auto_reload
    )


def test_a_fragment_is_made_once_for_each_fact(part: Path) -> None:
    made = templates(part, auto_reload=False)
    page = made.from_string("{{ fragment('part.html', word='<one>') }}{{ fragment('part.html', word='two') }}")
    assert page.render() == "<b>&lt;one&gt;</b><b>two</b>"
    assert made.fragment("part.html", word="two") is made.fragment("part.html", word="two")


def test_a_fragment_is_made_anew_while_templates_are_written(part: Path) -> None:
    made = templates(part, auto_reload=True)
    assert made.fragment("part.html", word="x") == "<b>x</b>"
    assert made.fragment("part.html", word="x") is not made.fragment("part.html", word="x")


def test_a_fragment_sees_nothing_but_its_facts(part: Path) -> None:
    page = templates(part, auto_reload=False).from_string("{{ fragment('part.html') }}")
    with pytest.raises(UndefinedError, match="word"):
        page.render(word="x")


def test_macros_functions_and_blocks_escape(part: Path) -> None:
    made = templates(part, auto_reload=False)
    made.globals["shout"] = lambda word: f"<{word}>"
    page = made.from_string("{% macro item(word) %}<i>{{ word }}</i>{% endmacro %}{{ item('<') }}{{ shout('a') }}")
    assert page.render() == "<i>&lt;</i>&lt;a&gt;"


@pytest.mark.parametrize("path", ["/", "/auth/login", "/auth/register"])
async def test_the_menu_marks_the_page_at_hand(path: str) -> None:
    settings = {
        "blogapp_env": "production",
        "secret_key": "0f" * 8 + "c61e8a2b97d45f03",
        "allowed_hosts": "localhost",
        "site_url": "http://localhost",
        "database_url": "sqlite://",
    }
    app: Quart = create_app(settings)
    async with app.test_app():
        for asked in ("/", "/auth/login", "/auth/register", "/nothing", path):
            page = await (await app.test_client().get(asked)).get_data(as_text=True)
            assert page.count('aria-current="page"') == (0 if asked == "/nothing" else 1)
        assert f'<a href="{path}"' in page
        assert 'aria-current="page"' in page.split(f'<a href="{path}"')[-1].split("</a>")[0]
