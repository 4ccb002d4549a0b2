"""Full load from wrk: 32 keep-alive connections that ask again as soon as they are answered."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cores import Broken
from benchmarks.servers import Running

CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Reading:
    rate: float
    """Requests answered in a second."""
    p50: float
    p99: float
    """Milliseconds."""


def require_wrk() -> None:
    if shutil.which("wrk") is None:
        raise Broken("wrk is not on PATH: install it with `apt install wrk`, `dnf install wrk` or `brew install wrk`")


def load(server: Running, paths: Sequence[str], seconds: int) -> Reading:
    """Asks for the paths in turn. Raises Broken when any request failed: a rate that counts errors means nothing."""
    options = ("-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "-s", str(SCRIPT), server.url("/"), "--", *paths)
    done = subprocess.run(("wrk", *options), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(f"wrk failed on {server.name} {paths[0]}: {done.stderr.strip() or done.stdout.strip()}")
    facts = json.loads(done.stdout.splitlines()[-1])
    if facts["refused"] or facts["failed"]:
        raise Broken(
            f"{server.name} {paths[0]} under load: {facts['refused']} error answers and "
            f"{facts['failed']} broken connections in {facts['requests']} requests"
        )
    return Reading(facts["requests"] / facts["duration"] * 1e6, facts["p50"] / 1000, facts["p99"] / 1000)
