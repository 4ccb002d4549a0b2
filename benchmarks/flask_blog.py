"""The other side of the comparison: the blog as a careful Flask developer writes it.

It reads authors with their posts in one query (no N+1), pages through Flask-SQLAlchemy and renders with Flask's Jinja.
It answers the measured requests and nothing else.
"""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, render_template, session
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.pagination import Pagination
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

PER_PAGE = 20


class Model(DeclarativeBase):
    pass


class User(Model):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True, index=True)
    email: Mapped[str] = mapped_column(String(120), unique=True, index=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    posts: Mapped[list[Post]] = relationship(back_populates="author")

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "username": self.username, "created_at": self.created_at.isoformat()}


class Post(Model):
    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    author: Mapped[User] = relationship(back_populates="posts")

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "content": self.content,
            "author": self.author.username,
            "created_at": self.created_at.isoformat(),
            "updated_at": self.updated_at.isoformat(),
        }


db = SQLAlchemy(model_class=Model)
blog = Blueprint("blog", __name__)


def create_app(database_url: str | None = None) -> Flask:
    url = database_url or os.environ["DATABASE_URL"]
    app = Flask(__name__)
    app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", "")
    app.config["SQLALCHEMY_DATABASE_URI"] = url.replace("postgresql://", "postgresql+psycopg://")
    db.init_app(app)
    app.register_blueprint(blog)
    return app


def create_tables(database_url: str) -> None:
    with create_app(database_url).app_context():
        Model.metadata.create_all(db.engine)
        db.engine.dispose()


@blog.get("/")
def index() -> str:
    return render_template("home.html", page=_newest_posts())


@blog.get("/posts/<int:post_id>")
def post_page(post_id: int) -> str:
    return render_template("post.html", post=_post(post_id))


@blog.get("/auth/login")
def login() -> str:
    """A Flask form carries a signed token against forged requests, kept in the session."""
    token = session.setdefault("csrf_token", secrets.token_hex(20))
    signer = URLSafeTimedSerializer(os.environ["SECRET_KEY"], salt="csrf-token")
    return render_template("login.html", csrf_token=signer.dumps(token))


@blog.get("/api/users")
def users() -> dict[str, Any]:
    return _listing("users", db.paginate(select(User).order_by(User.id), per_page=PER_PAGE))


@blog.get("/api/posts")
def posts() -> dict[str, Any]:
    return _listing("posts", _newest_posts())


@blog.get("/api/posts/<int:post_id>")
def one_post(post_id: int) -> dict[str, Any]:
    return _post(post_id).to_dict()


def _newest_posts() -> Pagination:
    query = select(Post).options(joinedload(Post.author)).order_by(Post.created_at.desc(), Post.id.desc())
    return db.paginate(query, per_page=PER_PAGE)


def _post(post_id: int) -> Post:
    post: Post = db.one_or_404(select(Post).options(joinedload(Post.author)).where(Post.id == post_id))
    return post


def _listing(name: str, page: Pagination) -> dict[str, Any]:
    return {
        name: [item.to_dict() for item in page.items],
        "total": page.total,
        "pages": page.pages,
        "current_page": page.page,
    }
