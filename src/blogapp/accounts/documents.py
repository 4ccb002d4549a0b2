"""What the calls about users have in common."""

from __future__ import annotations

from blogapp.web.operations import Access, Tag

USERS = Tag("Users", "The accounts of people who write here, and of administrators.")
OWNER = Access("The account itself and administrators.")
NO_USER = {404: "There is no such user."}
