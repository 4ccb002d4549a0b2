"""Settings: what production refuses, said in one line, and secrets that stay secret."""

from __future__ import annotations

import multiprocessing
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from blogapp import cli, keys
from blogapp import settings as configuration
from blogapp.errors import Refused
from tests.live import PATIENCE, ROOT, environment

STRONG = "4f8e2c1b9d7a6e5f3c2b1a0987654321fedcba98"
PRODUCTION = {
    "BLOGAPP_ENV": "production",
    "SECRET_KEY": STRONG,
    "ALLOWED_HOSTS": "blog.example.org",
    "SITE_URL": "https://blog.example.org",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of its own, and nothing set."""
    for name in configuration.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("QUART_DEBUG", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def setenv(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_all(**names: str) -> None:
        for name, value in names.items():
            monkeypatch.setenv(name, value)

    return set_all


def config() -> Result:
    return CliRunner().invoke(cli.main, ["config"])


def refusal() -> str:
    with pytest.raises(Refused) as refused:
        configuration.load()
    said = str(refused.value)
    assert "\n" not in said
    return said


def test_production_starts_with_what_it_needs(setenv):
    setenv(**PRODUCTION)
    assert configuration.load().is_production


def test_production_names_everything_that_is_missing_at_once(setenv):
    setenv(BLOGAPP_ENV="production")
    said = refusal()
    assert all(name in said for name in ("SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL"))


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL"])
def test_production_refuses_to_go_without(setenv, name: str):
    setenv(**PRODUCTION | {name: ""})
    assert name in refusal()


@pytest.mark.parametrize(
    "key",
    [
        "short",
        "b1946ac92492d2347c6235b4d26111",
        "a" * 64,
        "0123" * 16,
        "dev-secret-key-change-in-production",
        "dev-secret-key-for-my-own-machine-0123",
        "please-change-me-to-something-unique",
        "12345678901234567890123456789012",
    ],
)
def test_production_refuses_a_weak_key(setenv, key: str):
    setenv(**PRODUCTION | {"SECRET_KEY": key})
    said = refusal()
    assert "SECRET_KEY is weak" in said
    assert key not in said


def test_production_refuses_a_weak_key_among_the_fallbacks(setenv):
    """Whoever knows it could sign a cookie with it."""
    setenv(**PRODUCTION, SECRET_KEY_FALLBACKS=f"{secrets.token_hex()},dev")
    assert "SECRET_KEY_FALLBACKS" in refusal()


def test_random_keys_are_not_called_weak():
    assert not any(keys.is_weak(make()) for make in (secrets.token_urlsafe, secrets.token_hex) for _ in range(2000))
    assert not keys.is_weak(secrets.token_hex(16))


@pytest.mark.parametrize("name", ["DEBUG", "QUART_DEBUG"])
def test_production_refuses_debug(setenv, name: str):
    setenv(**PRODUCTION | {name: "1"})
    assert "DEBUG" in refusal()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BLOGAPP_ENV", "staging"),
        ("DATABASE_URL", "blog.db"),
        ("DATABASE_URL", "mysql://host/blog"),
        ("DATABASE_URL", "postgresql://host:port/blog"),
        ("DATABASE_URL", "postgresql://[::1/blog"),
        ("DATABASE_URL", "postgresql://host/blog?connect_timeout=soon"),
        ("DATABASE_POOL_SIZE", "many"),
        ("DATABASE_POOL_SIZE", "0"),
        ("DATABASE_TIMEOUT", "-1"),
        ("TRUSTED_PROXIES", "localhost"),
        ("SITE_URL", "blog.example.org"),
        ("SITE_URL", "https://blog.example.org/path"),
        ("SITE_URL", "http://["),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "https://blog.example.org"),
        ("ALLOWED_HOSTS", "blog.example.org:443"),
        ("CORS_ORIGINS", "*"),
        ("RATE_LIMITS", "maybe"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis:localhost"),
        ("REDIS_URL", "redis://localhost:99999/0"),
        ("REDIS_URL", "redis://:pass/word@localhost/0"),
        ("REDIS_URL", "redis://localhost/0?socket_timeout=soon"),
        ("REDIS_URL", "redis://localhost/0?timeout=1"),
        ("LIMIT_LOGIN", "often"),
        ("LOG_LEVEL", "chatty"),
        ("MAX_BODY", "10"),
        ("SHUTDOWN_TIMEOUT", "60"),
    ],
)
def test_a_wrong_value_is_one_line_and_exit_1(setenv, name: str, value: str):
    setenv(**{name: value})
    assert name in refusal()
    result = config()
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {name}")
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("content", [b"\xff\xfe", b"LOG_LEVEL=chatty\n"])
def test_a_wrong_file_is_one_line_and_exit_1(bare: Path, content: bytes):
    (bare / ".env").write_bytes(content)
    result = config()
    assert result.exit_code == 1
    assert result.output.count("\n") == 1


def test_the_environment_wins_over_the_file(setenv, bare: Path):
    (bare / ".env").write_text("SITE_NAME=File\nLOG_LEVEL=error\n")
    setenv(SITE_NAME="Environment")
    settings = configuration.load()
    assert settings.site_name == "Environment"
    assert settings.log_level == "error"


SECRETS = ["hunter1", "hunter2", "hunter3", "hunter4", "topsecret://key", STRONG, "oldkey"]


def test_config_masks_every_secret(setenv):
    url = "postgresql://ada:hunter1@db.example.org:5433/blog?password=hunter2&sslpassword=hunter3&sslmode=require"
    setenv(
        DATABASE_URL=url,
        REDIS_URL="redis://:hunter4@cache.example.org/0",
        SECRET_KEY="topsecret://key",
        SECRET_KEY_FALLBACKS=f"{STRONG} oldkey",
    )
    result = config()
    assert result.exit_code == 0
    assert [secret for secret in SECRETS if secret in result.output] == []
    assert "db.example.org:5433/blog" in result.output
    assert "sslmode=require" in result.output


def test_settings_do_not_show_secrets_when_they_are_printed(setenv):
    setenv(DATABASE_URL="postgresql://ada:hunter1@host/blog", SECRET_KEY=STRONG, SECRET_KEY_FALLBACKS="oldkey")
    shown = repr(configuration.load())
    assert [secret for secret in SECRETS if secret in shown] == []


def test_config_reports_names_it_does_not_know(setenv, bare: Path):
    (bare / ".env").write_text("SECRET_KEYS=x\nCOLOUR=blue\n")
    setenv(BLOGAPP_ENVIRONMENT="x", DATABASE_ULR="sqlite:///other.db")
    said = config().output
    assert "unknown setting SECRET_KEYS: did you mean SECRET_KEY?" in said
    assert "unknown setting COLOUR" in said
    assert "unknown setting BLOGAPP_ENVIRONMENT" in said
    assert "unknown setting DATABASE_ULR: did you mean DATABASE_URL?" in said


def test_development_keeps_its_key_to_itself(bare: Path):
    first, second = configuration.load(), configuration.load()
    assert first.secret_key == second.secret_key
    assert not keys.is_weak(first.secret_key.get_secret_value())
    assert (bare / "instance" / "secret_key").stat().st_mode & 0o077 == 0


def test_programs_that_start_at_once_make_one_key(bare: Path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(keys.kept, [bare / "instance" / "secret_key"] * 16)
    assert len(set(found)) == 1
    assert [path.name for path in (bare / "instance").iterdir()] == ["secret_key"]


def test_a_folder_that_can_not_keep_a_key_is_one_line(bare: Path):
    (bare / "instance").write_text("a file")
    assert "SECRET_KEY" in refusal()


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "blogapp", "serve", "--port", "0"),
        ("-m", "hypercorn", "--config", str(ROOT / "hypercorn.toml"), "blogapp.asgi:app"),
    ],
    ids=["serve", "hypercorn"],
)
def test_no_server_starts_with_what_production_refuses(command: tuple[str, ...]):
    done = subprocess.run(
        [sys.executable, *command],
        env=environment("sqlite:///blog.db", **PRODUCTION | {"SECRET_KEY": "dev"}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert "SECRET_KEY is weak" in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
