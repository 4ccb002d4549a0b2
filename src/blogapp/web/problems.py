"""Refusals of the API as problem documents (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

import orjson
from pydantic import BaseModel, Field
from quart import Response

from blogapp.errors import BlogError
from blogapp.infra.logs import request_id
from blogapp.web.kinds import BY_CODE

MEDIA_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """One broken rule."""

    field: str = Field(
        description="The field as the request names it; nested fields are joined by dots.", examples=["title"]
    )
    message: str = Field(description="What to change, in a sentence.", examples=["Use at least 5 characters."])
    rule: str = Field(description="A stable code of the rule.", examples=["too_short"])


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(
        description="Where this kind of problem is described, relative to the site.",
        json_schema_extra={"format": "uri-reference"},
        examples=["/api/docs#problem-invalid"],
    )
    title: str = Field(description="The name of this kind of problem.", examples=["Unprocessable Content"])
    status: int = Field(description="The HTTP status.", ge=400, le=599, examples=[422])
    code: str = Field(description="A stable code of the kind of problem.", examples=["invalid"])
    detail: str = Field(
        description="What happened, in a sentence for a person.", examples=["The body does not fit the schema."]
    )
    request_id: str = Field(description="Names this request in our logs.", examples=["7f6d0c9a2b1e4d38"])
    errors: list[FieldProblem] = Field(description="The fields at fault; empty when no field is.")


def problem(error: BlogError) -> Response:
    kind = BY_CODE.get(error.code)
    document = {
        "type": f"/api/docs#{kind.anchor}" if kind else "about:blank",
        "title": kind.title if kind else HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "request_id": request_id.get(),
        "errors": [{"field": v.field, "message": v.message, "rule": v.rule} for v in error.violations],
        **error.members,
    }
    return Response(orjson.dumps(document), error.status, content_type=MEDIA_TYPE)
