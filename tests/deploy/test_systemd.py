"""What the units promise; `systemd-analyze verify` judges their grammar."""

from __future__ import annotations

import pytest

from blogapp.settings import Settings
from tests.live import ROOT

STOP = 15
"""Seconds within which an instance has ended."""

Unit = dict[str, list[str]]


@pytest.fixture(scope="module")
def unit() -> Unit:
    found: Unit = {}
    for line in (ROOT / "deploy" / "systemd" / "blogapp@.service").read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_only_the_main_process_is_told_to_stop_and_has_time_to(unit: Unit) -> None:
    assert unit["KillMode"] == ["mixed"]
    assert unit["KillSignal"] == ["SIGTERM"]
    assert int(unit["TimeoutStopSec"][0]) > STOP > Settings.model_fields["shutdown_timeout"].default


def test_an_instance_migrates_before_it_serves_on_its_port(unit: Unit) -> None:
    assert unit["ExecStartPre"][0].endswith("/blogapp db upgrade")
    assert unit["ExecStart"][0].endswith("/blogapp serve --host 127.0.0.1 --port %i")


def test_a_worker_is_held_as_an_instance_is() -> None:
    """Line for line, but for what it runs and says."""
    folder = ROOT / "deploy" / "systemd"
    instance, worker = ((folder / name).read_text() for name in ("blogapp@.service", "blogapp-worker@.service"))
    different = ("#", "Description=", "ExecStart=", "ExecStartPost=", "ExecReload=")
    kept = [[line for line in text.splitlines() if not line.startswith(different)] for text in (instance, worker)]
    assert kept[0] == kept[1]
    assert "ExecStart=/opt/blogapp/current/bin/blogapp worker\n" in worker


def test_an_instance_comes_back_for_ever(unit: Unit) -> None:
    assert unit["Restart"] == ["always"]
    assert unit["StartLimitIntervalSec"] == ["0"]


def test_an_instance_may_do_little_more_than_serve(unit: Unit) -> None:
    assert unit["User"] == ["blogapp"]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["PrivateTmp"] == ["yes"]
    assert unit["CapabilityBoundingSet"] == [""]
    assert unit["StateDirectory"] == ["blogapp"]


def test_no_secret_stands_in_the_unit(unit: Unit) -> None:
    assert unit["EnvironmentFile"] == ["/etc/blogapp/env"]
    assert not any("SECRET" in value or "://" in value for value in unit["Environment"])
