"""Requests made from the OpenAPI document: good ones are taken, bad ones refused, every answer is as it says."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import schemathesis
from schemathesis import Case, HookContext, engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.python import asgi

from blogapp import create_app
from tests.accounts import make as accounts
from tests.people import bearer
from tests.posts import make as posts
from tests.serving import FAST, serving

EXAMPLES = 6
"""Of each call in each phase; a run takes some ten seconds."""

ACCEPTED = ["2xx", "3xx", "401", "403", "404", "409", "412"]
"""What a request that fits the document may be answered with: another's, gone, taken, or of an old version."""

ENDLESS = "/api/live"
"""Needs an Accept header that no generator sends, and then does not end: tests/listening asks it."""

PICTURES = ["send_media", "send_portrait"]
"""Take what no generator makes: tests/media sends it."""


@dataclass(frozen=True)
class Asker:
    user_id: int = 0
    token_id: int = 0
    headers: dict[str, str] | None = None

    def spares_itself(self, case: Case) -> bool:
        """Without its account, or with a revoked token, it would find out nothing more."""
        target = case.path_parameters or {}
        own = str(target.get("user_id")) == str(self.user_id) or str(target.get("token_id")) == str(self.token_id)
        return case.method == "GET" or not own


@pytest.fixture
async def asker(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Asker]:
    """On a blog with a few posts, accounts and tokens of others, so that small numbers are theirs."""
    async with serving(database_url) as app:
        ada = await accounts.user(app, "ada")
        others = [await bearer(app, await accounts.user(app, f"other{number}")) for number in range(5)]
        await posts.posts(app, ada, 3)
        root = await accounts.user(app, "root", is_admin=True)
        person = {"an author": ada, "an administrator": root}.get(request.param)
        made = Asker(person.id, len(others) + 1, await bearer(app, person)) if person else Asker()
    yield made
    await asyncio.to_thread(asgi.shutdown_lifespans)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("asker", "engine_name"),
    [
        ("nobody", "sqlite"),
        ("an author", "postgresql"),
        ("an administrator", "postgresql"),
    ],
    indirect=["asker"],
)
async def test_the_api_does_what_its_document_says(asker: Asker, database_url: str):
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "headers": asker.headers or {},
            "generation": {"max-examples": EXAMPLES},
            "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}},
        }
    )
    statuses, failures = await asyncio.to_thread(run, config, asker, database_url)
    assert not failures, "\n".join(failures)
    assert statuses.total() > 200
    assert (
        {200, 404, 422} <= set(statuses) if asker.headers is None else {200, 201, 403, 404, 412, 422} <= set(statuses)
    )


def run(config: SchemathesisConfig, asker: Asker, database_url: str) -> tuple[Counter[int], list[str]]:
    """How often which status was answered, and what was wrong: every check of every phase."""
    app = create_app({"blogapp_env": "testing", "database_url": database_url, **FAST})
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, config=config).exclude(path=ENDLESS)
    schema = schema.exclude(operation_id=PICTURES)

    @schema.hook
    def filter_case(_context: HookContext, case: Case) -> bool:
        return asker.spares_itself(case) and not _names_a_time(case) and not _names_a_picture(case)

    statuses: Counter[int] = Counter()
    failures: list[str] = []
    for event in engine.from_schema(schema).execute():
        if isinstance(event, ScenarioFinished):
            answers = [one.response for one in event.recorder.interactions.values() if one.response is not None]
            statuses.update(answer.status_code for answer in answers)
            failures += _failures(event)
        elif isinstance(event, NonFatalError | FatalError):
            failures.append(str(event))
    return statuses, failures


def _names_a_time(case: Case) -> bool:
    """Of something to come within ten years: no schema can say that. tests/posts/test_states.py asks for those."""
    body = case.body if isinstance(case.body, dict) else {}
    return bool(body.get("publish_at")) or "scheduled" in {str(body.get("state")), str(body.get("act"))}


def _names_a_picture(case: Case) -> bool:
    """Of one's own, which are refused where they are not there. tests/posts/test_covers.py asks for those."""
    return isinstance(case.body, dict) and bool(case.body.get("cover"))


def _failures(event: ScenarioFinished) -> list[str]:
    return [
        f"{check.name} {event.recorder.label}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
        for checks in event.recorder.checks.values()
        for check in checks
        if check.failure_info
    ]
