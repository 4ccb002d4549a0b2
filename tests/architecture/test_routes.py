"""Which addresses there are, and that each has a limit or says why not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from quart import Quart
from werkzeug.routing import Rule

from blogapp.web.limits import MARK
from tests.architecture.sources import told

PROMISED = """
GET     /                        main.index
GET     /dashboard               main.dashboard
GET     /auth/register           auth.register
POST    /auth/register
GET     /auth/login              auth.login
POST    /auth/login
GET     /auth/logout             auth.logout
POST    /auth/logout
GET     /posts/new
POST    /posts/new
GET     /posts/1/edit
POST    /posts/1/edit
GET     /posts/1/delete
POST    /posts/1/delete
GET     /posts/1                 main.post
GET     /posts/1/a-slug          main.post
GET     /users/ada               main.author
GET     /series
GET     /series/letters
GET     /series/1/edit
POST    /series/1/edit
GET     /feed.atom
GET     /feed.rss
GET     /feed.json
GET     /users/ada/feed.atom
GET     /tags/low-tide/feed.rss
GET     /series/letters/feed.json
GET     /sitemap.xml
GET     /sitemap-posts-1.xml
GET     /robots.txt
GET     /archive
GET     /archive/2026
GET     /archive/2026/11
GET     /settings/profile
POST    /settings/profile
GET     /tags
GET     /tags/low-tide
GET     /auth/forgot             auth.forgot
POST    /auth/forgot
GET     /auth/reset/a-secret     auth.reset
POST    /auth/reset/a-secret
GET     /dashboard/media
POST    /dashboard/media
GET     /settings
GET     /admin
GET     /admin/tasks
GET     /admin/tags
GET     /livez
GET     /readyz
GET     /metrics
GET     /api/users               api.userlistapi
POST    /api/users
GET     /api/users/1             api.userdetailapi
PUT     /api/users/1
PATCH   /api/users/1
DELETE  /api/users/1
GET     /api/posts
POST    /api/posts
GET     /api/posts/1
PUT     /api/posts/1
PATCH   /api/posts/1
DELETE  /api/posts/1
GET     /api/users/1/profile
PUT     /api/users/1/profile
GET     /api/archive
GET     /api/posts/1/around
PUT     /api/posts/1/pin
DELETE  /api/posts/1/pin
GET     /api/series
POST    /api/series
GET     /api/series/1
PUT     /api/series/1
PATCH   /api/series/1
DELETE  /api/series/1
PUT     /api/series/1/posts
GET     /api/tags
GET     /api/tags/low-tide
PATCH   /api/tags/low-tide
POST    /api/tags/low-tide/merge
GET     /api/media
POST    /api/media
GET     /api/media/1
PATCH   /api/media/1
DELETE  /api/media/1
POST    /api/tokens
GET     /api/openapi.json
GET     /api/docs
"""
"""What programs and bookmarks rely on; a third word is the endpoint's name in the Flask specification or in templates."""

UNLIMITED = {
    "a read costs a few milliseconds and one statement, and is metered by the proxy if at all": (
        "main.index",
        "main.dashboard",
        "main.post",
        "main.author",
        "main.series",
        "main.all_series",
        "main.own_series",
        "main.edit_series",
        "main.tags",
        "main.tag",
        "main.archive",
        "main.feed",
        "main.author_feed",
        "main.tag_feed",
        "main.series_feed",
        "main.robots",
        "main.sitemap",
        "main.sitemap_part",
        "main.archived_year",
        "main.archived_month",
        "main.oembed",
        "main.comment_feed",
        "main.newest_comments",
        "main.comments_of_post",
        "main.post_comment_feed",
        "main.comment",
        "main.reply",
        "main.edit_comment",
        "main.report_comment",
        "main.waiting_comments",
        "main.letters_of_post",
        "main.daily_letters",
        "main.following",
        "main.reading_list",
        "main.notifications",
        "main.new_post",
        "main.edit_post",
        "main.delete_post",
        "main.trash_page",
        "main.media_page",
        "main.post_revisions",
        "main.post_authors",
        "auth.login",
        "auth.register",
        "auth.logout",
        "settings.index",
        "settings.delete_account",
        "settings.profile",
        "auth.forgot",
        "auth.reset",
        "auth.confirm",
        "admin.overview",
        "admin.tasks",
        "admin.tags",
        "admin.tag",
    ),
    "compared by one thread, which refuses when too much waits for it": ("main.post_revision",),
    "answered from memory at the edge": ("static",),
    "asked every few seconds by what watches the process": ("livez", "readyz", "metrics"),
    "one deletion of a row that only its holder can name": ("auth.sign_out",),
    "counted inside, by account and by network: every password tried (accounts.authentication)": (
        "auth.sign_in",
        "settings.change_password",
        "settings.change_email",
        "settings.remove_account",
    ),
    "counted inside, by network, once the form is filled in rightly": ("auth.create_account",),
    "counted inside, by network and by the address typed": ("auth.ask_for_reset", "auth.set_password"),
    "counted inside, once it is known that the text need not be given back": ("main.publish_post", "main.save_post"),
}


@pytest.mark.parametrize("promise", PROMISED.strip().splitlines(), ids=lambda line: " ".join(line.split()[:2]))
def test_every_promised_address_is_there(unserved: Quart, promise: str) -> None:
    method, path, *name = promise.split()
    endpoint, _ = unserved.url_map.bind("blog.example.org").match(path, method)
    assert [endpoint] == name or not name


def test_every_route_has_a_rate_limit_or_says_why_not(unserved: Quart) -> None:
    excused = {name for names in UNLIMITED.values() for name in names}
    told(
        "Decorate the handler with @limited(name), or give its endpoint a reason in UNLIMITED of this test.",
        [f"{rule.rule} ({rule.endpoint})" for rule in _unlimited(unserved) if rule.endpoint not in excused],
    )


def test_no_excuse_is_left_over(unserved: Quart) -> None:
    unlimited = {rule.endpoint for rule in _unlimited(unserved)}
    told(
        "Take these out of UNLIMITED: they have a limit now, or are gone.",
        [name for names in UNLIMITED.values() for name in names if name not in unlimited],
    )


def _unlimited(app: Quart) -> Iterator[Rule]:
    """Every call of /api is counted before it reaches its handler."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api") and not hasattr(app.view_functions[rule.endpoint], MARK):
            yield rule
