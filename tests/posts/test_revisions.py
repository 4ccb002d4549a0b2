"""Every text that was saved stays, cheaply, and can be had back."""

from __future__ import annotations

from quart import Quart

from blogapp.actor import Actor
from blogapp.posts import revisions, service
from blogapp.posts.composing import compose
from blogapp.posts.models import Post
from blogapp.posts.schemas import PostChange
from tests import sql
from tests.people import Person, resources
from tests.posts.make import CONTENT, TITLE


async def rewrite(app: Quart, author: Person, post: Post, content: str) -> None:
    opened = resources(app)
    body = await compose(opened.rendering, content, "markdown")
    async with opened.db.transaction() as session:
        row = await service.get(session, Actor(author.id), post.id)
        await service.edit(session, Actor(author.id), row, PostChange(content=content), body)


async def test_every_text_can_be_read_again(app: Quart, ada: Person, post: Post):
    written = [CONTENT, *(f"{CONTENT}\n\nLine {number} of many." for number in range(40))]
    for content in written[1:]:
        await rewrite(app, ada, post, content)
    read = [await revisions.read(resources(app).db, post.id, number) for number in range(1, len(written) + 1)]
    assert [text.content for text in read if text] == written
    rows, total = await revisions.listed(resources(app).db, post.id, 0, 3)
    assert total == len(written)
    assert [(row.number, row.title, row.editor) for row in rows] == [
        (41, TITLE, "ada"),
        (40, TITLE, "ada"),
        (39, TITLE, "ada"),
    ]


async def test_an_edit_of_a_long_text_takes_little(app: Quart, ada: Person, post: Post, database_url: str):
    long = "\n\n".join(f"Paragraph {number} is about {hash(str(number))} and what came of it." for number in range(300))
    await rewrite(app, ada, post, long)
    await rewrite(app, ada, post, long.replace("Paragraph 150 ", "Paragraph one hundred and fifty "))
    sizes = sql.rows(database_url, "SELECT length(packed) FROM revisions ORDER BY number")
    assert sizes[1][0] > 3000
    assert sizes[2][0] < 300


async def test_a_text_that_was_taken_over_is_kept_at_its_first_edit(
    app: Quart, ada: Person, post: Post, database_url: str
):
    sql.run(database_url, "DELETE FROM revisions")
    await rewrite(app, ada, post, "Something else altogether.")
    assert [row[0] for row in sql.rows(database_url, "SELECT number FROM revisions ORDER BY number")] == [1, 2]
    text = await revisions.read(resources(app).db, post.id, 1)
    assert text is not None
    assert text.content == CONTENT


async def test_what_another_program_wrote_is_not_lost(app: Quart, ada: Person, post: Post, database_url: str):
    sql.run(database_url, "UPDATE posts SET content = 'Written by another program.', version = 5")
    await rewrite(app, ada, post, "Something else altogether.")
    read = [await revisions.read(resources(app).db, post.id, number) for number in (1, 5, 6)]
    assert [text.content for text in read if text] == [
        CONTENT,
        "Written by another program.",
        "Something else altogether.",
    ]
