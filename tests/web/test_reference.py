"""The reference page: everything in it, and no dead link within."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from quart import Quart

from blogapp.live.schemas import TOPIC_PATTERN, LiveEvent
from blogapp.web.kinds import KINDS
from blogapp.web.openapi import calls
from tests.people import Client
from tests.validity import parse


@pytest.fixture
async def page(client: Client) -> str:
    response = await client.get("/api/docs")
    assert response.status_code == 200
    return str(await response.get_data(as_text=True))


async def test_it_is_valid_html(page: str):
    parse(page)


async def test_every_kind_of_problem_is_where_its_type_leads(page: str):
    for kind in KINDS:
        assert f'id="problem-{kind.code}"' in page


async def test_every_call_is_there_with_its_method_and_path(app: Quart, page: str):
    for call in calls(app):
        assert call.path in page
        assert call.operation.summary in page
        assert call.operation.access.words in page


async def test_every_live_event_and_topic_is_there(page: str):
    kinds = get_args(LiveEvent.model_fields["type"].annotation)
    topics = re.findall(r"<code>([^<]+)</code></dt><dd class=\"kind\">topic", page)
    assert all(f"<dt><code>{kind}</code></dt>" in page for kind in kinds)
    assert {topic.partition(":")[0] for topic in topics} == {"me", "post", "posts", "tag", "user"}
    assert all(re.fullmatch(TOPIC_PATTERN, topic) for topic in topics)


async def test_every_link_within_leads_somewhere_and_every_anchor_is_one(page: str):
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors)


async def test_it_needs_nothing_from_elsewhere_and_no_script(page: str):
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


async def test_a_field_stands_with_its_rules(page: str):
    assert "text, 5 to 200 characters" in page
    assert "whole number, 1 to 3,650" in page


async def test_examples_name_this_site(client: Client):
    response = await client.get("/api/docs", headers={"Host": "blog.example.org"})
    assert "curl http://blog.example.org/api/posts" in await response.get_data(as_text=True)


@pytest.mark.parametrize("settings", [{"site_url": "https://blog.example.org"}])
async def test_examples_name_the_public_origin(page: str):
    assert "curl https://blog.example.org/api/posts" in page
