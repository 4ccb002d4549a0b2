"""Users and access tokens as JSON."""

from __future__ import annotations

from typing import Any

from quart import Response

from blogapp.accounts import access, authentication, queries, service
from blogapp.accounts.documents import NO_USER, OWNER, USERS
from blogapp.accounts.schemas import (
    AccountOut,
    Message,
    NewToken,
    NewUser,
    TokenList,
    TokenMade,
    TokenOut,
    UserChange,
    UserList,
    UserOut,
    UserShown,
)
from blogapp.actor import Actor
from blogapp.errors import Forbidden, Invalid, NotFound, Violation
from blogapp.web.addresses import url_for
from blogapp.web.auth import require_actor, require_admin
from blogapp.web.blueprints import api
from blogapp.web.context import actor, db
from blogapp.web.documents import answer, body, entity, require_match
from blogapp.web.keeping import keep
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Access, Operation, Tag
from blogapp.web.paging import page_asked, page_of

TOKENS = Tag("Tokens", "Personal access tokens: what a program shows instead of a password.")

SOME_SEE_MORE = Access("Anyone. The account itself and administrators see its e-mail address too.", anonymous=True)
ADMIN = Access("Administrators.")
PASSWORD_OR_SESSION = Access("Anyone with an e-mail address and password, or a browser session.", anonymous=True)

NAME_TAKEN = {409: "Somebody else has that username or e-mail address; `errors` names the field."}


@api.get("/users", endpoint="userlistapi")
@Operation("List users", USERS, UserList, access=SOME_SEE_MORE, paged=True)
async def list_users() -> Response:
    """Oldest first."""
    asked = page_asked()
    rows, total = await queries.page(db(), asked.offset, asked.size)
    page = page_of([_shown(row) for row in rows], total, asked)
    keep("users")
    return answer(UserList(users=list(page.items), total=total, pages=page.pages, current_page=page.number))


@api.post("/users")
@Operation(
    "Create an account",
    USERS,
    AccountOut,
    201,
    takes=NewUser,
    access=ADMIN,
    refusals=NAME_TAKEN,
    conditional=True,
    location=True,
)
@limited("write")
async def create_user() -> Response:
    """People register themselves on the page for it; this is for administrators."""
    require_admin()
    asked = await body(NewUser)
    password_hash = await authentication.hash_password(asked.password.get_secret_value())
    async with db().transaction() as session:
        user = await service.register(session, asked, password_hash)
    response = entity(_shown(user), _tag(user), 201)
    response.headers["Location"] = url_for("api.userdetailapi", user_id=user.id)
    return response


@api.get("/users/<id:user_id>", endpoint="userdetailapi")
@Operation("Read a user", USERS, UserShown, access=SOME_SEE_MORE, refusals=NO_USER, conditional=True)
async def read_user(user_id: int) -> Response:
    row = await queries.by_id(db(), user_id)
    if row is None:
        raise NotFound(NO_USER[404])
    keep(f"user:{user_id}")
    return entity(_shown(row), _tag(row))


@api.route("/users/<id:user_id>", methods=["PUT", "PATCH"])
@Operation(
    "Change a user",
    USERS,
    AccountOut,
    takes=UserChange,
    access=OWNER,
    refusals=NO_USER | NAME_TAKEN,
    conditional=True,
)
@limited("write")
async def change_user(user_id: int) -> Response:
    """PUT and PATCH do the same: what is left out, or null, stays as it is."""
    require_actor()
    asked = await body(UserChange)
    async with db().transaction() as session:
        user = await service.get(session, user_id)
        if user.editable_by(actor()):
            require_match(_tag(user))
        await service.change(session, actor(), user, asked)
    return entity(_shown(user), _tag(user))


@api.delete("/users/<id:user_id>")
@Operation("Delete a user", USERS, Message, access=OWNER, refusals=NO_USER, conditional=True)
@limited("write")
async def delete_user(user_id: int) -> Response:
    """The posts, sessions and tokens of the account go along. It can't be undone."""
    require_actor()
    async with db().transaction() as session:
        user = await service.get(session, user_id)
        if user.editable_by(actor()):
            require_match(_tag(user))
        await service.remove(session, actor(), user)
    return answer(Message(message="User deleted"))


@api.post("/tokens")
@Operation(
    "Make an access token", TOKENS, TokenMade, 201, takes=NewToken, takes_nothing_too=True, access=PASSWORD_OR_SESSION
)
@limited("write")
async def create_token() -> Response:
    """With e-mail address and password, or with neither in a browser that is signed in.

    The token is shown in this answer and never again. A token can't make tokens, so that revoking one ends it.
    """
    asked = await body(NewToken, optional=True)
    account, renewed = await _account_of(asked)
    async with db().transaction() as session:
        if asked.password is not None:
            await access.confirm_password(session, account, renewed)
        token, secret = await access.make_token(session, account.id, asked.name, asked.expires_in_days)
    made = TokenMade(**_token(token), token=secret)
    response = answer(made, 201)
    response.headers["Cache-Control"] = "no-store"
    return response


@api.get("/tokens")
@Operation("List your access tokens", TOKENS, TokenList, access=ACCOUNT)
async def list_tokens() -> Response:
    """Newest first. The tokens themselves can't be read again."""
    rows = await queries.tokens(db(), require_actor().id or 0)
    return answer(TokenList(tokens=[TokenOut(**_token(row)) for row in rows]))


@api.delete("/tokens/<id:token_id>")
@Operation("Revoke an access token", TOKENS, Message, access=ACCOUNT, refusals={404: "You have no such token."})
@limited("write")
async def revoke_token(token_id: int) -> Response:
    """From then on it is refused."""
    async with db().transaction() as session:
        await access.revoke_token(session, require_actor(), token_id)
    return answer(Message(message="Token revoked"))


async def _account_of(asked: NewToken) -> tuple[Any, str | None]:
    """By password, or by the browser's session. A token makes no further tokens, so that revoking it ends it."""
    if asked.email is not None and asked.password is not None:
        return await authentication.by_password(asked.email, asked.password.get_secret_value())
    missing = [name for name in ("email", "password") if getattr(asked, name) is None]
    if len(missing) == 1:
        raise Invalid("Send both or neither.", Violation(missing[0], "Please fill this in.", "missing"))
    if require_actor().token_id is not None:
        raise Forbidden("A token can't make tokens. Send e-mail and password, or use a browser session.")
    return actor(), None


def _shown(user: Any) -> UserOut:
    if not _sees_all(actor(), user.id):
        return UserOut(id=user.id, username=user.username, created_at=user.created_at)
    return AccountOut(
        id=user.id, username=user.username, created_at=user.created_at, email=user.email, is_admin=user.is_admin
    )


def _tag(user: Any) -> str:
    """Another representation has another tag (RFC 9110, 8.8.3)."""
    return f"user-{user.id}-{user.version}{'-full' if _sees_all(actor(), user.id) else ''}"


def _sees_all(asking: Actor, user_id: int) -> bool:
    return asking.is_admin or asking.id == user_id


def _token(token: Any) -> dict[str, Any]:
    return {name: getattr(token, name) for name in TokenOut.model_fields}
