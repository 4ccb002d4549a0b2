from __future__ import annotations

import re
import shlex
import subprocess
from typing import Any

import pytest
import yaml

from blogapp.settings import Settings
from tests.deploy.nginx import SITE
from tests.live import ROOT

FOLDER = ROOT / "deploy" / "container"
CONTAINERFILE = (FOLDER / "Containerfile").read_text()
LATER = {"REDIS_URL"}
"""Given to the application before it has a use for it."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / "compose.yaml").read_text()))


def test_what_is_installed_is_locked_by_hash() -> None:
    installs = re.findall(r"pip install (.*)", CONTAINERFILE)
    assert len(installs) == 2
    assert installs[0] == "--require-hashes -r requirements/base.txt"
    assert installs[1].startswith("--no-deps --no-build-isolation .")
    assert re.search(r"^hatchling==", (ROOT / "requirements" / "base.txt").read_text(), re.MULTILINE)


def test_the_application_does_not_run_as_root_and_is_asked_whether_it_is_ready() -> None:
    image = CONTAINERFILE.partition(" AS app\n")[2]
    assert "USER 10001:10001" in image
    assert re.search(r"HEALTHCHECK .*CMD \[\"python\".*/readyz", image, re.DOTALL)


def test_everything_copied_exists_and_reaches_the_builder() -> None:
    allowed = re.findall(r"^!(.+)$", (FOLDER / "Containerfile.dockerignore").read_text(), re.MULTILINE)
    for words in re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE, re.MULTILINE):
        for source in words.split()[:-1]:
            assert (ROOT / source).exists()
            assert any(source == path or source.startswith(f"{path}/") for path in allowed)


def test_the_proxy_image_asks_the_containers_instead_of_the_four_ports() -> None:
    arguments = re.search(r"RUN sed -i (.*?) \\\n    /etc", CONTAINERFILE, re.DOTALL)
    assert arguments
    command = ["sed", *shlex.split(arguments[1].replace("\\\n", " "))]
    adapted = subprocess.run(command, input=SITE.read_text(), capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^ +server (.*);$", adapted, re.MULTILINE) == ["app:8000 max_fails=1 fail_timeout=5s"]


def test_every_service_is_watched_and_waited_for(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"database", "redis", "migrate", "app", "worker", "proxy"}
    assert all("healthcheck" in services[name] for name in ("database", "redis", "proxy"))
    assert services["app"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["worker"]["depends_on"] == services["app"]["depends_on"]
    assert services["app"]["depends_on"]["database"] == {"condition": "service_healthy"}
    assert services["proxy"]["depends_on"]["app"]["condition"] == "service_healthy"
    for service in services.values():
        assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= {*compose["volumes"], "./tls"}
        assert set(service["networks"]) <= set(compose["networks"])


def test_whoever_does_tasks_has_the_pictures(compose: dict[str, Any]) -> None:
    app, worker = compose["services"]["app"], compose["services"]["worker"]
    assert worker["volumes"] == app["volumes"] == ["state:/var/lib/blogapp"]


def test_only_the_proxys_word_is_taken_for_a_client(compose: dict[str, Any]) -> None:
    [config] = compose["networks"]["edge"]["ipam"]["config"]
    assert compose["services"]["app"]["environment"]["TRUSTED_PROXIES"] == config["subnet"]
    assert compose["networks"]["inside"]["internal"] is True
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_every_setting_given_is_one(compose: dict[str, Any]) -> None:
    given = set(compose["services"]["app"]["environment"])
    assert given - LATER <= {name.upper() for name in Settings.model_fields}


def test_secrets_come_from_env_and_nowhere_else(compose: dict[str, Any]) -> None:
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (FOLDER / ".env.example").read_text(), re.MULTILINE))
    assert example["SECRET_KEY"] == example["POSTGRES_PASSWORD"] == ""
    asked = set(re.findall(r"\$\{([A-Z_]+)", (FOLDER / "compose.yaml").read_text()))
    assert asked == set(example)
    assert "SECRET" not in CONTAINERFILE
    assert "PASSWORD" not in CONTAINERFILE
