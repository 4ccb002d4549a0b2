"""The workflows of the forge: of the published form, bound to exact versions, and allowed no more than they need."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[1]
WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))

Workflow = dict[Any, Any]


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def workflow(request: pytest.FixtureRequest) -> Workflow:
    return dict(yaml.safe_load(request.param.read_text()))


@pytest.fixture
def ci() -> Workflow:
    return dict(yaml.safe_load((REPOSITORY / ".github" / "workflows" / "ci.yml").read_text()))


def test_they_are_what_the_forge_takes():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout


def test_each_action_is_one_commit_whose_version_is_said():
    for path in WORKFLOWS:
        for line in re.findall(r"uses: (?!\./)(.*)", path.read_text()):
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_they_may_only_read_unless_a_job_says_why(workflow: Workflow):
    assert workflow["permissions"] == {"contents": "read"}
    writing = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
    assert writing in ({}, {"publish": {"contents": "write", "id-token": "write", "attestations": "write"}})


def test_a_checkout_leaves_no_token_behind(workflow: Workflow):
    for step in _steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_no_command_is_made_of_what_strangers_write(workflow: Workflow):
    """Titles and branch names are not typed into shells."""
    assert not [step for step in _steps(workflow) if "${{" in step.get("run", "")]


def test_every_job_ends(workflow: Workflow):
    assert all("timeout-minutes" in job for job in workflow["jobs"].values() if "uses" not in job)


def test_the_suite_runs_on_every_python_we_name(ci: Workflow):
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    prefix = "Programming Language :: Python :: 3."
    named = [one.removeprefix(prefix) for one in project["classifiers"] if one.startswith(prefix)]
    assert [f"3.{minor}" for minor in named] == ci["jobs"]["suite"]["strategy"]["matrix"]["python"]
    assert project["requires-python"] == f">=3.{named[0]}"
    assert {"run": "bash .ci/run"} in ci["jobs"]["suite"]["steps"]


def test_what_is_built_is_what_is_released(ci: Workflow):
    built = " ".join(step.get("run", "") for step in ci["jobs"]["build"]["steps"])
    for part in ("make build sbom", "--target app", "--target proxy", "docker save", "requirements/base.txt"):
        assert part in built
    told = (REPOSITORY / "docs" / "releasing.md").read_text()
    assert "blogapp-images.tar.gz" in built
    assert "blogapp-images.tar.gz" in told


def _steps(workflow: Workflow) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]
