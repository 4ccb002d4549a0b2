"""`import wordpress` and `import ghost`: their own export files."""

from __future__ import annotations

import json

import pytest

from tests import sql
from tests.portability.commands import blogapp

WORDS = "The sea was out, and the whole beach lay open like a book."
POSTS = "SELECT title, slug, state, content, username FROM posts JOIN users ON users.id = user_id ORDER BY title"
ITEM = """<item><title>{title}</title><dc:creator><![CDATA[ada]]></dc:creator>
<content:encoded><![CDATA[{html}]]></content:encoded><excerpt:encoded><![CDATA[No text]]></excerpt:encoded>
<wp:post_id>{id}</wp:post_id><wp:post_date>2020-01-31 11:00:00</wp:post_date>
<wp:post_date_gmt>2020-01-31 10:00:00</wp:post_date_gmt><wp:post_name>{name}</wp:post_name>
<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>
<category domain="category" nicename="uncategorized">Uncategorized</category>
<category domain="category" nicename="sea">Sea</category><category domain="post_tag" nicename="low">Low tide</category></item>"""


def wxr(*items: str, before: str = "") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8" ?>{before}
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:wp="http://wordpress.org/export/1.2/"
xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<wp:base_blog_url>https://old.example</wp:base_blog_url>
<wp:author><wp:author_login>ada</wp:author_login><wp:author_email>ada@example.org</wp:author_email></wp:author>
{"".join(items)}</channel></rss>"""


def item(id_: int, title: str, html: str = f"<p>{WORDS}</p>", status: str = "publish", kind: str = "post") -> str:
    return ITEM.format(id=id_, title=title, html=html, name=title.lower(), status=status, kind=kind)


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "export"


def test_a_blog_of_wordpress_is_taken_over_once(file, database_url):
    items = [
        item(1, "First", f"<!-- wp:paragraph --><p>{WORDS} <strong>Bold.</strong></p>"),
        item(2, "Older", f"{WORDS}\n\nAnd on."),
        item(3, "About", kind="page"),
        item(4, "Draft", status="draft"),
        item(5, "Deleted", status="trash"),
        item(6, "Picture", kind="attachment"),
    ]
    file.write_text(wxr(*items))
    done = blogapp(database_url, "import", "wordpress", file, "--create-authors")
    assert done.exit_code == 0, done.output
    rows = sql.rows(database_url, POSTS)
    assert rows == [
        ("About", "about", "unlisted", WORDS, "ada"),
        ("Draft", "draft", "draft", WORDS, "ada"),
        ("First", "first", "published", f"{WORDS} **Bold.**", "ada"),
        ("Older", "older", "published", f"{WORDS}\n\nAnd on.", "ada"),
    ]
    assert sql.rows(database_url, "SELECT name FROM tags ORDER BY name") == [("Low tide",), ("Sea",)]
    assert sql.rows(database_url, "SELECT email FROM users") == [("ada@example.org",)]
    assert sql.rows(
        database_url, "SELECT count(*) FROM posts WHERE CAST(published_at AS TEXT) LIKE '2020-01-31 10%'"
    ) == [(3,)]
    file.write_text(wxr(*items[:3], item(4, "Draft", f"<p>{WORDS} More.</p>", status="draft")))
    assert "0 made, 1 updated, 3 unchanged" in blogapp(database_url, "import", "wordpress", file).output
    assert len(sql.rows(database_url, POSTS)) == 4


def lexical(*children: dict) -> str:
    return json.dumps({"root": {"type": "root", "children": list(children)}})


def test_a_blog_of_ghost_is_taken_over_once(file, database_url):
    said = {"type": "extended-text", "text": WORDS, "format": 1}
    link = {"type": "link", "url": "https://example.org", "children": [{"type": "text", "text": "there"}]}
    code = {"type": "codeblock", "language": "python", "code": "a < b"}
    card = {
        "sections": [[1, "p", [[0, [0], 1, WORDS]]], [10, 0]],
        "markups": [["em"]],
        "cards": [["markdown", {"markdown": "*By hand.*"}]],
    }
    texts = [
        {"title": "As HTML", "html": f"<p>{WORDS}</p>", "visibility": "public"},
        {"title": "Lexical", "lexical": lexical({"type": "paragraph", "children": [said, link]}, code)},
        {"title": "Mobiledoc", "mobiledoc": json.dumps(card), "status": "draft"},
        {"title": "To be paid", "html": f"<p>{WORDS}</p>", "visibility": "paid"},
    ]
    whole = {"status": "published", "published_at": "2020-01-31T10:00:00.000Z", "type": "post"}
    posts = [whole | {"id": f"5f{number}", "slug": text["title"].lower()} | text for number, text in enumerate(texts)]
    data = {
        "posts": posts,
        "users": [{"id": "u", "slug": "grace", "email": "grace@example.org"}],
        "tags": [{"id": "t", "name": "Low tide"}, {"id": "i", "name": "#internal"}],
        "posts_tags": [{"post_id": "5f0", "tag_id": tag, "sort_order": 0} for tag in "ti"],
        "posts_authors": [{"post_id": post["id"], "author_id": "u"} for post in posts],
    }
    file.write_text(json.dumps({"db": [{"data": data}]}))
    done = blogapp(database_url, "import", "ghost", file, "--create-authors")
    assert done.exit_code == 0, done.output
    assert sql.rows(database_url, POSTS) == [
        ("As HTML", "as-html", "published", WORDS, "grace"),
        (
            "Lexical",
            "lexical",
            "published",
            f"**{WORDS}**[there](https://example.org)\n\n```python\na < b\n```",
            "grace",
        ),
        ("Mobiledoc", "mobiledoc", "draft", f"*{WORDS}*\n\n*By hand.*", "grace"),
        ("To be paid", "to-be-paid", "private", WORDS, "grace"),
    ]
    assert sql.rows(database_url, "SELECT name FROM tags") == [("Low tide",)]
    assert "4 unchanged" in blogapp(database_url, "import", "ghost", file).output


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("wordpress", wxr(item(1, "&boom;"), before='<!DOCTYPE x [<!ENTITY boom "boom">]>')),
        ("wordpress", wxr(item(1, "First"))[:-9]),
        ("wordpress", "<rss/>"),
        ("wordpress", '{"db": []}'),
        ("ghost", '{"db": []}'),
        ("ghost", '{"db": [{"data": {"posts": {}}}]}'),
        ("ghost", "[" * 5000),
        ("ghost", "<rss/>"),
        ("ghost", ""),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_line(file, database_url, kind, content):
    file.write_text(content)
    done = blogapp(database_url, "import", kind, file)
    assert (done.exit_code, len(done.output.splitlines())) == (1, 1), done.output
    assert f"{file} " in done.output


def test_a_text_that_makes_no_sense_is_refused_and_the_others_are_taken(file, database_url):
    posts = [
        {"id": "1", "title": "Odd", "lexical": "{", "slug": 7},
        {"id": "2", "title": "Odder", "mobiledoc": '{"sections": [[1, "p", [[0, [9], 1, "x"]]]]}'},
        {"id": "3", "title": "Sound", "html": WORDS, "author_id": "u"},
    ]
    data = {"posts": posts, "users": [{"id": "u", "slug": "grace"}, {}], "posts_tags": ["x"]}
    file.write_text(json.dumps({"data": data}))
    done = blogapp(database_url, "import", "ghost", file, "--create-authors")
    assert done.exit_code == 1
    assert "1.md: refused: its text is none that Ghost writes" in done.output
    assert [row[0] for row in sql.rows(database_url, POSTS)] == ["Sound"]
