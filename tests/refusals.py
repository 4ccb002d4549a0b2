"""What a refusal of the API says."""

from __future__ import annotations

from typing import Any

from quart import Response

from blogapp.web.kinds import BY_CODE


async def refusal(response: Response, status: int, *fields: str) -> dict[str, Any]:
    """The problem document, after a look at its status, its kind and the fields it names."""
    assert response.status_code == status, await response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"
    problem: dict[str, Any] = await response.get_json(force=True)
    kind = BY_CODE[problem["code"]]
    assert (problem["status"], kind.status) == (status, status)
    assert (problem["type"], problem["title"]) == (f"/api/docs#problem-{kind.code}", kind.title)
    assert problem["request_id"] == response.headers["X-Request-ID"]
    assert sorted({error["field"] for error in problem["errors"]}) == sorted(fields)
    return problem
