"""The other side of the comparison: the Flask application that blogapp took over from, on the libraries it names.

Flask-SQLAlchemy, Flask-Login, Flask-WTF and Flask-RESTful, with the settings of its production configuration. One
thing is better here than there: authors are read with their posts in one query, not each in one of its own. It
answers the measured requests and nothing else.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from flask_restful import Api, Resource
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.query import Query
from flask_wtf import FlaskForm
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired, Email

PER_PAGE = 20

db = SQLAlchemy()
login_manager = LoginManager()
main = Blueprint("main", __name__)
auth = Blueprint("auth", __name__)
api_blueprint = Blueprint("api", __name__)
api = Api(api_blueprint)


class User(UserMixin, db.Model):  # type: ignore[name-defined,misc]  # made while running
    __tablename__ = "users"

    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(80), unique=True, nullable=False, index=True)
    email = db.Column(db.String(120), unique=True, nullable=False, index=True)
    password_hash = db.Column(db.String(255), nullable=False)
    created_at = db.Column(db.DateTime, default=datetime.utcnow)
    updated_at = db.Column(db.DateTime, default=datetime.utcnow, onupdate=datetime.utcnow)
    posts = db.relationship("Post", backref="author", lazy="dynamic", cascade="all, delete-orphan")

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "username": self.username,
            "email": self.email,
            "created_at": self.created_at.isoformat(),
        }


class Post(db.Model):  # type: ignore[name-defined,misc]  # made while running
    __tablename__ = "posts"

    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(200), nullable=False)
    content = db.Column(db.Text, nullable=False)
    created_at = db.Column(db.DateTime, default=datetime.utcnow, index=True)
    updated_at = db.Column(db.DateTime, default=datetime.utcnow, onupdate=datetime.utcnow)
    user_id = db.Column(db.Integer, db.ForeignKey("users.id"), nullable=False, index=True)

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "content": self.content,
            "author": self.author.username,
            "created_at": self.created_at.isoformat(),
        }


class LoginForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    email = StringField("Email", validators=[DataRequired(), Email()])
    password = PasswordField("Password", validators=[DataRequired()])
    remember_me = BooleanField("Remember Me")
    submit = SubmitField("Login")


class UserListAPI(Resource):  # type: ignore[misc]  # Flask-RESTful has no types
    def get(self) -> tuple[dict[str, Any], int]:
        return _listing("users", User.query.order_by(User.id)), 200


class PostListAPI(Resource):  # type: ignore[misc]  # Flask-RESTful has no types
    def get(self) -> tuple[dict[str, Any], int]:
        return _listing("posts", _newest_posts()), 200


class PostDetailAPI(Resource):  # type: ignore[misc]  # Flask-RESTful has no types
    def get(self, post_id: int) -> tuple[dict[str, Any], int]:
        return _post(post_id).to_dict(), 200


api.add_resource(UserListAPI, "/users")
api.add_resource(PostListAPI, "/posts")
api.add_resource(PostDetailAPI, "/posts/<int:post_id>")


def create_app(database_url: str | None = None) -> Flask:
    url = database_url or os.environ["DATABASE_URL"]
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=os.environ.get("SECRET_KEY", ""),
        SQLALCHEMY_DATABASE_URI=url.replace("postgresql://", "postgresql+psycopg://"),
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 20, "pool_recycle": 3600, "pool_pre_ping": True},
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    db.init_app(app)
    login_manager.init_app(app)
    app.register_blueprint(auth, url_prefix="/auth")
    app.register_blueprint(main)
    app.register_blueprint(api_blueprint, url_prefix="/api")
    return app


def create_tables(database_url: str) -> None:
    with create_app(database_url).app_context():
        db.create_all()
        db.engine.dispose()


@login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login has no types
def load_user(user_id: str) -> User | None:
    return db.session.get(User, int(user_id))


@main.get("/")
def index() -> str:
    return render_template("home.html", page=_newest_posts().paginate(per_page=PER_PAGE))


@main.get("/posts/<int:post_id>")
def post(post_id: int) -> str:
    found = _post(post_id)
    older = Post.query.filter(Post.created_at < found.created_at).order_by(Post.created_at.desc()).first()
    newer = Post.query.filter(Post.created_at > found.created_at).order_by(Post.created_at).first()
    return render_template("post.html", post=found, older=older, newer=newer)


@main.get("/feed.atom")
def feed() -> ResponseReturnValue:
    posts = _newest_posts().limit(PER_PAGE).all()
    return render_template("feed.xml", posts=posts), {"Content-Type": "application/atom+xml"}


@auth.get("/login")
def login() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("main.index"))
    return render_template("login.html", form=LoginForm())


def _newest_posts() -> Query:
    found: Query = Post.query.options(joinedload(Post.author))
    return found.order_by(Post.created_at.desc(), Post.id.desc())


def _post(post_id: int) -> Post:
    found: Post = Post.query.options(joinedload(Post.author)).filter_by(id=post_id).first_or_404()
    return found


def _listing(name: str, query: Query) -> dict[str, Any]:
    page = request.args.get("page", 1, type=int)
    paginated = query.paginate(page=page, per_page=request.args.get("per_page", PER_PAGE, type=int))
    return {
        name: [item.to_dict() for item in paginated.items],
        "total": paginated.total,
        "pages": paginated.pages,
        "current_page": page,
    }
