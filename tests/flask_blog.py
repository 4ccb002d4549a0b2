"""A Flask blog with the specification's models, whose databases we take over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import make_url
from werkzeug.security import generate_password_hash

PASSWORD = "correct horse battery"
BCRYPT = "$2b$04$Krzkeqk9FSOUC1.4/xfO7ueqLqmRM4ffnN/DVkDmn099YvZGYWlYW"
"""PASSWORD, as Flask-Bcrypt keeps it."""

db = SQLAlchemy()


def utcnow() -> datetime:
    """What datetime.utcnow() gives: UTC, and nothing that says so."""
    return datetime.now(UTC).replace(tzinfo=None)


class User(db.Model):
    __tablename__ = "users"

    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(80), unique=True, nullable=False, index=True)
    email = db.Column(db.String(120), unique=True, nullable=False, index=True)
    password_hash = db.Column(db.String(255), nullable=False)
    created_at = db.Column(db.DateTime, default=utcnow)
    updated_at = db.Column(db.DateTime, default=utcnow, onupdate=utcnow)
    posts = db.relationship("Post", backref="author", lazy="dynamic", cascade="all, delete-orphan")


class Post(db.Model):
    __tablename__ = "posts"

    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(200), nullable=False)
    content = db.Column(db.Text, nullable=False)
    created_at = db.Column(db.DateTime, default=utcnow, index=True)
    updated_at = db.Column(db.DateTime, default=utcnow, onupdate=utcnow)
    user_id = db.Column(db.Integer, db.ForeignKey("users.id"), nullable=False, index=True)


@contextmanager
def application(url: str) -> Iterator[Flask]:
    """Its context, with the tables made, as the specification's factory does at every start."""
    app = Flask(__name__)
    parsed = make_url(url)
    driver = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql+psycopg"
    app.config["SQLALCHEMY_DATABASE_URI"] = parsed.set(drivername=driver)
    db.init_app(app)
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@cache
def hashes() -> tuple[str, ...]:
    """PASSWORD by scrypt, by PBKDF2 and by bcrypt."""
    return generate_password_hash(PASSWORD), generate_password_hash(PASSWORD, "pbkdf2:sha256:1000"), BCRYPT


def make(url: str) -> None:
    with application(url):
        pass


def fill(url: str) -> None:
    """Three people with the hashes Flask applications have, one of names our rules refuse, and their posts."""
    with application(url):
        names = [("Ann", "Ann@example.org"), ("bob o'hara ✿", "not an address"), ("x", "x@example.org")]
        for number, ((name, email), hashed) in enumerate(zip(names, hashes(), strict=True)):
            db.session.add(User(id=2 + 5 * number, username=name, email=email, password_hash=hashed))
        db.session.flush()
        for number, title in enumerate(["Hello, world!", "Grüße aus Köln", "✿"]):
            db.session.add(Post(id=3 + 4 * number, title=title, content=f"Text {number}\r\n✿", user_id=2))
        db.session.commit()
