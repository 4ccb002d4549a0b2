"""`import markdown`: folders of blogapp, of other programs, and of people who mean no good."""

from __future__ import annotations

import os
import re
import resource
from pathlib import Path

import pytest

from tests import sql
from tests.media.make import exif, picture
from tests.portability.commands import blogapp, imported, kinds

BODY = "The sea was out, and the whole beach lay open like a book.\n"
POSTS = "SELECT title, slug, state, content, username FROM posts JOIN users ON users.id = user_id ORDER BY title"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """No .env and no instance folder of the developer."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def account(url: str, name: str) -> None:
    sql.run(
        url,
        "INSERT INTO users (username, email, password_hash, created_at, updated_at) "
        f"VALUES ('{name}', '{name}@example.org', '!', '2020-01-01', '2020-01-01')",
    )


def put(source: Path, name: str, front: str = "", body: str = BODY) -> Path:
    path = source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{front}\n---\n{body}" if front else body)
    return path


def test_what_other_programs_write_is_understood(source, database_url):
    put(
        source,
        "_posts/2020-01-31-from-jekyll.md",
        "title: From Jekyll\ntags: Low tide, Sea\nauthor: ada\nlayout: post\npublished: false",
    )
    put(source, "content/post/from-hugo/index.md", "", f"+++\ntitle = 'From Hugo'\ndate = 2021-05-05\n+++\n{BODY}")
    put(source, "json.md", "", f'{{\n  "title": 20010101,\n  "draft": true,\n  "tags": ["Sea"]\n}}\n\n{BODY}')
    ghost = "title: 19840101\nstatus: published\ndate_published: 2019-03-01 10:00:00 +0200\nslug: from-ghost"
    put(source, "ghost.md", f"{ghost}\nauthors:\n- name: Grace Hopper\n  email: grace@example.org\n- name: other")
    put(source, "a_note-by-hand.md", "", f"# With a heading #\n\n{BODY}")
    put(source, "no heading at all.markdown")
    put(source, ".hidden/draft.md")
    account(database_url, "ada")
    blogapp(database_url, "import", "markdown", source)
    report = imported(database_url, source, "--create-authors")
    assert kinds(report)["a_note-by-hand.md"] == "refused"
    account(database_url, "root")
    report = imported(database_url, source, "--create-authors", "--author", "ROOT")
    assert (report["exit_code"], report["counts"]["made"], report["counts"]["unchanged"]) == (0, 4, 2)
    text = BODY.strip()
    assert sql.rows(database_url, POSTS) == [
        ("19840101", "from-ghost", "published", text, "grace-hopper"),
        ("20010101", "json", "draft", text, "root"),
        ("From Hugo", "from-hugo", "published", text, "root"),
        ("From Jekyll", "from-jekyll", "draft", text, "ada"),
        ("No heading at all", "no-heading-at-all", "published", text, "root"),
        ("With a heading", "a-note-by-hand", "published", text, "root"),
    ]
    assert sql.rows(database_url, "SELECT email FROM users WHERE username = 'grace-hopper'") == [("grace@example.org",)]
    assert sql.rows(database_url, "SELECT name FROM tags ORDER BY name") == [("Low tide",), ("Sea",)]
    dates = sql.rows(
        database_url, "SELECT substr(CAST(published_at AS text), 1, 19) FROM posts WHERE title = '19840101'"
    )
    assert dates == [("2019-03-01 08:00:00",)]


ODD = {
    "yaml.md": (b"---\ntitle: [never closed\nx: y\n---\ntext", 3, "YAML:"),
    "toml.md": (b"+++\ntitle = 'A title'\nx = = 1\n+++\ntext", 3, "TOML:"),
    "hex.md": (b"+++\ntitle = 0x" + b"f" * 9000 + b"\n+++\ntext", None, "too many digits"),
    "dots.md": (b"+++\n" + b"a." * 9000 + b"a = 1\n+++\ntext", 2, "too many dots"),
    "json.md": (b'{\n"title": "A title",\n"x": =\n}\ntext', 3, "JSON:"),
    "brace.md": (b'{\n"title": "Never closed"\n\ntext', 4, "JSON:"),
    "behind.md": (b'{\n"title": "A title"\n} text', 3, "in the line of the last brace"),
    "again.md": (b'{\n"title": "A title",\n"Title": "Another"\n}\ntext', None, "'Title' is there twice"),
    "open.md": (b"---\ntitle: Never closed\n", 1, "no second ---"),
    "list.md": (b"---\n- a\n- b\n---\ntext", 2, "no list of names and values"),
    "deep.md": (b"---\ntitle: " + b"[" * 30_000 + b"\n---\ntext", 2, "nested too deeply"),
    "bomb.md": (f"---\n{BOMB}\n---\ntext".encode(), 3, "aliases"),
    "front.md": (b"---\ntitle: " + b"x" * 900_000 + b"\n---\ntext", 1, "larger than 64 KB"),
    "far.md": (b"---\ntitle: Far away\ndate: 9999-12-31\n---\nA text.", 3, "within the next ten years"),
    "never.md": (b"---\ntitle: Never\ndate: 2021-02-30\n---\nA text.", 3, "no time '2021-02-30'"),
    "words.md": (b"---\ntitle: Words\ndate: yesterday\n---\nA text.", 3, "is not like 2030-01-31"),
    "edge.md": (b"---\ntitle: Edge\ndate: 0001-01-01T00:00:00+10:00\n---\nA text.", 3, "no time"),
    "nul.md": (b"# A title\n\nWith a \0 in it", 3, "invisible control characters"),
    "latin.md": (b"# A title\n\nGr\xfc\xdfe", 3, "not UTF-8"),
    "state.md": (b"---\ntitle: A title\nstate: gone\n---\nA text.", 3, "no state 'gone'"),
    "when.md": (b"---\ntitle: A title\nstatus: scheduled\n---\nA text.", 3, "no date says for when"),
    "twice.md": (b"---\ntitle: A title\ntags: []\nTitle: Another\n---\nA text.", 4, "'title' is there twice"),
    "tags.md": (
        b"---\ntitle: A title\ntags: [a, b, c, d, e, f, g, h, i, j, k]\n---\nA text that is long",
        3,
        "at most 10",
    ),
    "id.md": (b"---\ntitle: A title\nid: ../../etc\n---\nA text.", None, "none that blogapp gives"),
    "title.md": (b"---\ntitle: Abc\n---\nA text that is long enough", 2, "title: Use at least 5"),
    "long.md": (b"---\ntitle: Too long\n---\n" + b"word " * 30_000, 4, "content: Use at most 100,000"),
    "surrogate.md": (b'---\ntitle: "Odd \\ud800 one"\n---\nA text that is long', 2, "title: "),
    "author.md": (b'---\ntitle: A title\nauthor: "a\\0b"\n---\nA text that is long', 3, "is no name"),
    "object.md": (b"---\ntitle: !!python/object/apply:os.getcwd []\n---\nA text that is long", 2, "title is no text"),
}


def test_odd_files_are_a_line_each_and_the_others_go_on(source, database_url, tmp_path):
    for name, (content, _, _) in ODD.items():
        (source / name).write_bytes(content)
    put(source, "fine.md", "title: A fine text")
    (tmp_path / "secret.md").write_text("# A secret\n\nOf the machine, not of the folder")
    (source / "link.md").symlink_to(tmp_path / "secret.md")
    (source / "loop.md").symlink_to(source / "loop.md")
    os.mkfifo(source / "pipe.md")
    with (source / "huge.md").open("wb") as huge:
        huge.truncate(100_000_000)
    account(database_url, "root")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = imported(database_url, source, "--author", "root")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
    assert report["exit_code"] == 1
    assert sql.rows(database_url, "SELECT title FROM posts") == [("A fine text",)]
    found = report["by_file"]
    for name, (_, line, reason) in ODD.items():
        assert (found[name]["kind"], found[name].get("line")) == ("refused", line), found[name]
        assert reason in found[name]["reason"]
        assert "\n" not in found[name]["reason"]
    assert "leads out of the folder" in found["link.md"]["reason"]
    assert "no ordinary file" in found["pipe.md"]["reason"]
    assert "larger than" in found["huge.md"]["reason"]
    assert found["loop.md"]["kind"] == "refused"


@pytest.fixture
def root(database_url):
    account(database_url, "root")
    return "root"


def test_a_dry_run_says_the_same_and_changes_nothing(source, database_url, root):
    (source / "beach.jpg").write_bytes(picture())
    put(source, "a.md", "title: With a picture\nauthor: Ada\nkeywords: [x]", f"{BODY}![x](beach.jpg) ![y](none.jpg)")
    put(source, "bad.md", "title: Bad")
    before = sql.everything(database_url)
    dry = imported(database_url, source, "--create-authors", "--author", root, "--dry-run")
    assert sql.everything(database_url) == before
    assert not [path for path in (source.parent / "media").rglob("*") if path.is_file()]
    real = imported(database_url, source, "--create-authors", "--author", root)
    del dry["dry_run"], real["dry_run"], real["by_file"]["a.md"]["post_id"]
    assert dry == real
    assert (real["authors_made"], real["not_taken_over"]) == (["Ada"], {"keywords": 1})


def test_a_changed_file_updates_its_post_unless_that_was_changed_here(source, database_url, root):
    for name in ("same", "file", "both"):
        put(source, f"{name}.md", f"title: The {name}")
    assert imported(database_url, source, "--author", root)["counts"]["made"] == 3
    put(source, "file.md", "title: The file\ndraft: true", "A text that is another one.")
    put(source, "both.md", "title: The both", "A text that is another one.")
    sql.run(database_url, "UPDATE posts SET content = 'Changed here.', version = 2 WHERE title = 'The both'")
    dates = "SELECT id, created_at, published_at FROM posts ORDER BY id"
    before = sql.rows(database_url, dates)
    again = imported(database_url, source, "--author", root)
    assert sql.rows(database_url, dates) == before
    assert kinds(again) == {"same.md": "unchanged", "file.md": "updated", "both.md": "conflict"}
    assert again["exit_code"] == 1
    assert [row[0:1] + row[2:4] for row in sql.rows(database_url, POSTS)] == [
        ("The both", "published", "Changed here."),
        ("The file", "draft", "A text that is another one."),
        ("The same", "published", BODY.strip()),
    ]
    moved = source.rename(source.with_name("moved"))
    put(moved, "both.md", "title: The both")
    assert set(kinds(imported(database_url, moved, "--author", root)).values()) == {"unchanged"}


def test_the_trash_is_left_alone_and_what_is_gone_is_made_again(source, database_url, root):
    put(source, "thrown.md", "title: Thrown away")
    put(source, "gone.md", "title: Gone for good")
    imported(database_url, source, "--author", root)
    sql.run(
        database_url,
        "UPDATE posts SET trashed_at = created_at WHERE title = 'Thrown away'",
        "DELETE FROM import_sources WHERE post_id = (SELECT id FROM posts WHERE title = 'Gone for good')",
        "DELETE FROM posts WHERE title = 'Gone for good'",
    )
    put(source, "thrown.md", "title: Thrown away and changed")
    again = imported(database_url, source, "--author", root)
    assert kinds(again) == {"thrown.md": "skipped", "gone.md": "made"}
    assert again["exit_code"] == 0


def test_an_edited_export_updates_its_own_blog_again_and_again(source, database_url, root, tmp_path):
    put(source, "text.md", "title: A first text")
    imported(database_url, source, "--author", root)
    out = tmp_path / "out"
    blogapp(database_url, "export", out)
    (file,) = out.glob("*.md")
    for words in ("once", "twice"):
        file.write_text(file.read_text().rpartition("\n\n")[0] + f"\n\nA text that was edited {words}.\n")
        assert f"changed and not imported: {file.name}" in blogapp(database_url, "export", out).stdout
        assert kinds(imported(database_url, out)) == {file.name: "updated"}
        assert kinds(imported(database_url, out)) == {file.name: "unchanged"}
    assert sql.rows(database_url, "SELECT content FROM posts") == [("A text that was edited twice.",)]
    assert "1 written" in blogapp(database_url, "export", out).stdout
    assert "A text that was edited twice." in file.read_text()
    assert [n for (n,) in sql.rows(database_url, "SELECT count(*) FROM revisions")] == [3]


def test_pictures_beside_a_text_come_into_the_library_made_anew(source, database_url, root, tmp_path):
    """What leads out of the folder, is broken or missing stays a link, and is taken once it is there."""
    (source / "posts").mkdir()
    (source / "static").mkdir()
    (source / "posts" / "my beach.jpg").write_bytes(picture(exif=exif()))
    (source / "static" / "sea.png").write_bytes(picture("PNG", (90, 60)))
    (source / "posts" / "broken.png").write_bytes(b"no picture")
    (tmp_path / "outside.png").write_bytes(picture("PNG"))
    body = (
        "![A beach](my%20beach.jpg) ![again](<my beach.jpg> 'title') ![sea](/sea.png) ![](broken.png) ![](later.png)\n"
        "![](../../outside.png) ![far](https://example.org/x.png) [page](/posts/1) `![](not.png)`\n"
    )
    put(source, "posts/text.md", "title: With pictures", body)
    report = imported(database_url, source, "--author", root)
    (content,) = (row[3] for row in sql.rows(database_url, POSTS))
    names = dict(sql.rows(database_url, "SELECT alt, name FROM media"))
    assert sorted(names) == ["A beach", "sea"]
    assert f"![A beach](/media/{names['A beach']}) ![again](/media/{names['A beach']} 'title')" in content
    assert f"![sea](/media/{names['sea']}) ![](broken.png) ![](later.png)" in content
    assert "![](../../outside.png) ![far](https://example.org/x.png) [page](/posts/1)" in content
    assert b"Camera of a friend" not in (tmp_path / "media" / names["A beach"]).read_bytes()
    reasons = " ".join(report["by_file"]["posts/text.md"]["notes"])
    for words in ("'broken.png' is left out: This is no picture", "'../../outside.png' is left out: this leads out"):
        assert words in reasons
    assert kinds(imported(database_url, source, "--author", root)) == {"posts/text.md": "unchanged"}
    for name, width in (("later.png", 30), ("broken.png", 40)):
        (source / "posts" / name).write_bytes(picture("PNG", (width, 30)))
    assert kinds(imported(database_url, source, "--author", root)) == {"posts/text.md": "updated"}
    assert len(sql.rows(database_url, "SELECT name FROM media")) == 4


def test_a_file_that_only_claims_a_name_of_ours_is_made_anew(source, database_url, root, tmp_path):
    name = "ab/" + "0" * 62 + ".jpg"
    (source / "media" / "ab").mkdir(parents=True)
    (source / "media" / name).write_bytes(picture(exif=exif()))
    put(source, "text.md", "title: With a picture", f"{BODY}![x](media/{name})")
    imported(database_url, source, "--author", root)
    ((kept,),) = sql.rows(database_url, "SELECT name FROM media")
    assert kept != name
    assert b"Camera of a friend" not in (tmp_path / "media" / kept).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere",), 2, "does not exist"),
        ((".", "--author", "nobody"), 1, "there is no user named nobody"),
        ((".", "--state", "scheduled"), 2, "is not one of"),
        ((".", "--report", "no/such/folder.json"), 1, "this can't be done"),
    ],
)
def test_wrong_use_is_one_line(database_url, arguments, code, words):
    result = blogapp(database_url, "import", "markdown", *arguments)
    assert (result.exit_code, words in result.stderr) == (code, True), result.output


def test_covers_of_other_programs_are_taken_and_what_is_the_matter_is_said(source, database_url, root, tmp_path):
    (source / "beach.jpg").write_bytes(picture())
    put(
        source,
        "a.md",
        "title: Of Hugo\ncover:\n  image: beach.jpg\n  alt: A beach\n  caption: In May",
        BODY,
    )
    put(source, "b.md", "title: Without words\ncover: beach.jpg", BODY)
    put(source, "c.md", "title: Of elsewhere\nfeature_image: https://example.org/a.jpg", BODY)
    notes = str(imported(database_url, source, "--author", root)["by_file"])
    assert "cover_alt is to say what it shows" in notes
    assert "it is no file of the folder" in notes
    assert sql.rows(database_url, "SELECT count(*), count(cover) FROM posts") == [(3, 1)]
    put(source, "a.md", "title: Of Hugo", BODY)
    imported(database_url, source, "--author", root)
    assert sql.rows(database_url, "SELECT count(cover) FROM posts") == [(0,)]


def test_who_comes_along_can_be_mentioned_by_what_came_before(source, database_url):
    put(source, "1.md", "title: First out\nauthor: abel", "With @zedd, @abel and @nobody in the boat.")
    put(source, "2.md", "title: Second out\nauthor: zedd", "With nobody but @abel.")
    assert set(kinds(imported(database_url, source, "--create-authors")).values()) == {"made"}
    pages = [html for (html,) in sql.rows(database_url, "SELECT html FROM posts ORDER BY id")]
    assert [re.findall('href="/users/([a-z]+)"', html) for html in pages] == [["zedd", "abel"], ["abel"]]
    assert set(kinds(imported(database_url, source)).values()) == {"unchanged"}
