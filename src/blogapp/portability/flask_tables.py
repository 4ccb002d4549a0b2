"""The tables of the specification's Flask application, for those who go back."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, String, Table, Text

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String(80), unique=True, nullable=False, index=True),
    Column("email", String(120), unique=True, nullable=False, index=True),
    Column("password_hash", String(255), nullable=False),
    Column("created_at", DateTime),
    Column("updated_at", DateTime),
)

posts = Table(
    "posts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(200), nullable=False),
    Column("content", Text, nullable=False),
    Column("created_at", DateTime, index=True),
    Column("updated_at", DateTime),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False, index=True),
)
