"""The patterns in the OpenAPI document, against the functions that judge: they must say the same."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from blogapp.accounts.fields import TokenName, Username
from blogapp.posts.schemas import Content, Title

ODD = "\t\n\r\x0b\x0c\x00\x07\x1b\x1c\x1f \x7f\x80\x85\xa0\u1680\u2003\u2028\u202f\u200b\u3000\ufdd0\uffff\U0001fffe"
TEXTS = st.text(st.sampled_from(ODD + "aZ9_-é😀"), max_size=30)


@pytest.mark.parametrize("field", [Username, TokenName, Title, Content], ids=["username", "token", "title", "content"])
@given(text=TEXTS)
def test_a_text_is_accepted_when_it_fits_the_schema(field: Any, text: str):
    judge = TypeAdapter(field)
    schema = judge.json_schema()
    patterns = [part["pattern"] for part in schema.get("allOf", [schema])]
    fits = len(text) <= schema["maxLength"] and all(re.search(pattern, text) for pattern in patterns)
    assert fits == _accepted(judge, text)


def _accepted(judge: TypeAdapter[str], text: str) -> bool:
    try:
        judge.validate_python(text, strict=True)
    except ValidationError:
        return False
    return True
