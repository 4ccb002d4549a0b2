"""Refusals of the API as problem documents (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

import orjson
from pydantic import BaseModel, Field
from quart import Response

from blogapp.errors import BlogError
from blogapp.infra.logs import request_id

MEDIA_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """One broken rule."""

    field: str = Field(description="The field as the request names it; nested fields are joined by dots.")
    message: str = Field(description="What to change, in a sentence.")
    rule: str = Field(description="A stable code of the rule.")


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(description="Where this kind of problem is described, relative to the site.")
    title: str = Field(description="The name of the status.")
    status: int
    code: str = Field(description="A stable code of the kind of problem.")
    detail: str = Field(description="What happened, for a person.")
    request_id: str = Field(description="Names this request in our logs.")
    errors: list[FieldProblem] = Field(description="The fields at fault; empty when no field is.")


def problem(error: BlogError) -> Response:
    document = {
        "type": f"/api/docs#problem-{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "request_id": request_id.get(),
        "errors": [{"field": v.field, "message": v.message, "rule": v.rule} for v in error.violations],
    }
    return Response(orjson.dumps(document), error.status, content_type=MEDIA_TYPE)
