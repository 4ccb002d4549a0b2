"""What every error looks like that nginx answers by itself."""

from __future__ import annotations

import base64
import hashlib
import re

import httpx

from blogapp.web.kinds import BY_CODE

PROBLEM_FIELDS = {"type", "title", "status", "code", "detail", "request_id", "errors"}


def check_error(response: httpx.Response, status: int, code: str, path: str) -> None:
    """A page of its own, or under /api a problem document such as the application's."""
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Request-ID"]
    if re.match(r"/api(?:[/?]|$)", path):
        assert response.headers["Content-Type"] == "application/problem+json"
        if response.request.method != "HEAD":
            _check_problem(response, status, code)
    else:
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        if response.request.method != "HEAD":
            _check_page(response, status)


def _check_problem(response: httpx.Response, status: int, code: str) -> None:
    problem = response.json()
    assert set(problem) == PROBLEM_FIELDS
    kind = BY_CODE[code]
    assert (problem["status"], problem["code"]) == (status, code) == (kind.status, kind.code)
    assert (problem["title"], problem["type"]) == (kind.title, f"/api/docs#{kind.anchor}")
    assert problem["request_id"] == response.headers["X-Request-ID"]


def _check_page(response: httpx.Response, status: int) -> None:
    assert f"Error {status}" in response.text
    style = response.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in response.headers["Content-Security-Policy"]
