"""`python -m demo`: makes the blog in `instance/demo`, which it empties first, and serves it."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from blogapp.app import create_app
from demo import people, pictures

POSTS = Path(__file__).parent / "posts"
FOLDER = Path("instance/demo")
PASSWORD = "a long walk by the sea"  # noqa: S105  # it is printed
AGO = re.compile(r"^ago: (-?\d+)$", re.MULTILINE)
"""Days before today, of a post; a negative number is still to come."""


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    options.add_argument("--port", default="8000", help="where to serve it: 8000 unless given")
    options.add_argument("--only-make", action="store_true", help="do not serve it")
    chosen = options.parse_args()
    make(FOLDER)
    print(f"Log in as ada@example.org, who looks after it, grace@, mary@ or noor@example.org: {PASSWORD}", flush=True)
    if not chosen.only_make:
        os.execv(sys.executable, [sys.executable, "-m", "blogapp", "serve", "--port", chosen.port])


def make(folder: Path) -> None:
    """The settings stay in the environment, for whoever serves it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ |= {
        "BLOGAPP_ENV": "development",
        "DATABASE_URL": f"sqlite:///{folder}/blog.db",
        "MEDIA_DIR": f"{folder}/media",
        "SITE_NAME": "The Tide Table",
        "LOG_LEVEL": "error",
    }
    blogapp("db", "upgrade")
    for name in people.NAMES:
        admin = ["--admin"] if name == people.ADMIN else []
        blogapp("users", "create", name, f"{name}@example.org", "--password-stdin", *admin, given=PASSWORD)
    write_posts(folder / "posts")
    blogapp("import", "markdown", str(folder / "posts"))
    asyncio.run(live())
    del os.environ["LOG_LEVEL"]


def write_posts(folder: Path) -> None:
    pictures.draw(folder / "media")
    for path in POSTS.glob("*.md"):
        dated = AGO.sub(lambda found: f"date: {days_ago(int(found[1]))}", path.read_text())
        (folder / path.name).write_text(dated)


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")


async def live() -> None:
    app = create_app()
    async with app.test_app():
        await people.live(people.Caller(app.test_client(), PASSWORD))


def blogapp(*arguments: str, given: str = "") -> None:
    """Ends with what the command said where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "blogapp", *arguments], input=given, text=True, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


if __name__ == "__main__":
    main()
